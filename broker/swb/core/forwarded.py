"""``Forwarded`` (RFC 7239): who asks, and by which scheme, as proxies tell it that are trusted.

Each proxy adds what it saw at the end, so the list is read from there, and only as far as those
who told are trusted; what stands before is whatever the client wrote itself. A header that RFC 7239
does not allow is refused whole: somebody could hide behind the part that nobody can read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Address, IPv4Network, IPv6Network

__all__ = ["Asker", "find_asker", "is_within", "parse_forwarded"]

# Many proxies write an address with its port, or one of IPv6, without the quotation marks that
# RFC 7239, 4 asks for; neither can be taken for anything else.
_PARAMETER: Final = re.compile(
    r"""[ \t]*
    (?:(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)=
        (?:(?P<bare>[!#$%&'*+.^_`|~0-9A-Za-z:\[\]-]+)|"(?P<quoted>(?:[^"\\]|\\.)*)"))?
    [ \t]*(?P<end>[;,]|\Z)""",
    re.VERBOSE,
)
_NODE: Final = re.compile(
    r"(?:\[(?P<v6>[^\]]+)\]|(?P<v4>[0-9.]+)|(?P<other>[A-Za-z0-9._-]+))(?::[A-Za-z0-9._-]+)?"
)
_SCHEMES: Final = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks.

    Attributes:
        address: An IP address, or what a proxy calls whoever it does not name (RFC 7239, 6.3).
        scheme: ``http`` or ``https``; empty where it was not told.
    """

    address: str
    scheme: str


def parse_forwarded(raw: str) -> Sequence[Mapping[str, str]]:
    """Parse the values of all headers, joined by commas in the order in which they came.

    Returns:
        What each proxy told, by name in small letters; the nearest one last.

    Raises:
        RefusedError: ``api.forwarded``: it is none, or tells one thing twice (RFC 7239, 4).
    """
    elements: list[dict[str, str]] = [{}]
    at = 0
    while True:
        found = _PARAMETER.match(raw, at)
        if found is None:
            raise _malformed("name=value")
        if found["name"] is not None:
            name = found["name"].lower()
            if name in elements[-1]:
                raise _malformed(f"{name[:20]} once")
            quoted = found["quoted"]
            elements[-1][name] = (
                found["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            )
        if not found["end"]:
            return [each for each in elements if each]
        if found["end"] == ",":
            elements.append({})
        at = found.end()


def find_asker(
    elements: Sequence[Mapping[str, str]],
    *,
    peer: str,
    trusted: Sequence[IPv4Network | IPv6Network],
) -> Asker:
    """Find who asked the first one of the proxies that are trusted.

    Args:
        elements: As `parse_forwarded` gives them.
        peer: The other end of the connection.
        trusted: Networks of proxies that are believed.
    """
    address, scheme = peer, ""
    for element in reversed(elements):
        if not is_within(address, trusted):
            break
        told = element.get("proto", "").lower()
        scheme = told if told in _SCHEMES else ""
        node = _read_node(element.get("for", ""))
        if not node:
            break
        address = node
    return Asker(address=address, scheme=scheme)


def is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether something is an address of one of some networks."""
    found = _read_address(address)
    return found is not None and any(found in each for each in networks)


def _read_node(node: str) -> str:
    """Read what ``for`` names, without its port; empty where it names nobody."""
    found = _NODE.fullmatch(node)
    if found is None or node.lower().startswith("unknown"):
        return ""
    address = _read_address(found["v6"] or found["v4"] or "")
    if address is not None:
        return str(address)
    other = found["other"] or ""
    return other if other.startswith("_") else ""


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _malformed(expected: str) -> RefusedError:
    message = f"expected a header Forwarded as RFC 7239 writes it, with {expected}"
    return RefusedError("api.forwarded", message, actor=Actor.OPERATOR)
