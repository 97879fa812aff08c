"""Who may send what to whom: deny by default.

The router knows the sender from the verified signature, and the member from the line by which a
message came; both must name the same state. Nothing of the payload is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from swb_schemas.catalogue import get_type
from swb_schemas.errors import RefusedError
from swb_schemas.parties import GATEWAY, ROUTER, PartyId

__all__ = ["RoutingTable", "authorise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingTable:
    """What the region allows.

    Attributes:
        environment: The one environment that this router serves.
        pairs: Directed pairs of states that are connected, as (from, to).
    """

    environment: str
    pairs: frozenset[tuple[str, str]]

    @property
    def members(self) -> frozenset[str]:
        """States that have a line."""
        return frozenset(state for pair in self.pairs for state in pair)


def authorise(
    table: RoutingTable,
    *,
    line: str,
    sender: PartyId,
    receiver: PartyId,
    message_type: str,
    environment: str,
) -> str:
    """Decide which line a verified message leaves by.

    Args:
        table: What is allowed.
        line: State whose line it came by.
        sender: From the verified header.
        receiver: From the verified header.
        message_type: From the verified header.
        environment: From the verified header.

    Returns:
        The state whose line it leaves by.

    Raises:
        RefusedError: ``routing.foreign_line``, ``routing.role``, ``routing.environment``,
            ``routing.not_connected``, ``catalogue.unknown_type``, ``routing.not_routed``.
    """
    if sender.state != line:
        raise RefusedError(
            "routing.foreign_line",
            f"expected a message of {line} on the line of {line}, found one of {sender.state}",
        )
    if sender.role != GATEWAY or receiver.role != GATEWAY:
        raise RefusedError(
            "routing.role",
            f"expected a gateway as sender and receiver, found {sender.role} and {receiver.role}",
        )
    if environment != table.environment:
        raise RefusedError(
            "routing.environment", f"expected {table.environment}, found {environment}"
        )
    entry = get_type(message_type)
    if ROUTER in entry.issuers:
        raise RefusedError("routing.not_routed", f"{message_type} is the router's own")
    if (sender.state, receiver.state) not in table.pairs:
        raise RefusedError(
            "routing.not_connected", f"{sender.state} and {receiver.state} are not connected"
        )
    return receiver.state
