"""The client: what the programs of a national single window ask a gateway with, over HTTP.

No part of an adapter, which knows no network, and of no use to the broker; it knows `swb_schemas`
alone, whose errors it raises.
"""

from swb_client.gateway import Fact, Followed, GatewayClient, Pulled, Submitted

__all__ = ["Fact", "Followed", "GatewayClient", "Pulled", "Submitted"]
