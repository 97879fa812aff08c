"""The HTTP API of a gateway: its routes, its description as OpenAPI 3.1, and who may use it.

Whoever asks proves who it is by a bearer token or a client certificate; a person by the token of a
session that a name and a password began. No cookie is looked at, and what a page of another site
sends is refused, so there is nothing that a browser could be made to do (no CORS either). Every
answer that is no success is a problem (RFC 9457) with the code that logs and commands tell, too.
"""

from swb.api.application import build_application, build_document
from swb.api.gateway import Gateway

__all__ = ["Gateway", "build_application", "build_document"]
