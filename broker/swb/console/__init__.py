"""The operations console of a gateway: pages for people, served beside the HTTP API.

See ``docs/how-to/use-the-console.md`` for what each role sees, and ``docs/adr/console.md`` for why
it is made as it is.
"""

from swb.console.pages import PREFIX
from swb.console.site import build_site

__all__ = ["PREFIX", "build_site"]
