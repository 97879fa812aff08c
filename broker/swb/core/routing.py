"""Who may send what to whom: deny by default.

The router knows the sender from the verified signature, and the member from the line by which a
message came; both must name the same state. Nothing of the payload is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.catalogue import get_type
from swb_schemas.errors import RefusedError
from swb_schemas.parties import GATEWAY, ROUTER, PartyId

if TYPE_CHECKING:
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.documents.elements import Environment

__all__ = ["authorise", "authorise_witness"]


def authorise(
    table: ConnectionTable,
    *,
    served: Environment,
    line: str,
    sender: PartyId,
    receiver: PartyId,
    message_type: str,
    environment: Environment,
) -> str:
    """Decide which line a verified message leaves by.

    Args:
        table: What is connected.
        served: What this router serves.
        line: State whose line it came by.
        sender: From the verified header.
        receiver: From the verified header.
        message_type: From the verified header.
        environment: From the verified header.

    Returns:
        The state whose line it leaves by.

    Raises:
        RefusedError: ``routing.foreign_line``, ``routing.role``, ``routing.not_routed``,
            ``connection.*``, ``catalogue.unknown_type``.
        UnavailableError: ``connection.suspended``.
    """
    _check_line(line, sender)
    if sender.role != GATEWAY or receiver.role != GATEWAY:
        raise RefusedError(
            "routing.role",
            f"expected a gateway as sender and receiver, found {sender.role} and {receiver.role}",
        )
    if ROUTER in get_type(message_type).issuers:
        raise RefusedError("routing.not_routed", f"{message_type} is the router's own")
    table.require(
        sender=sender.state,
        receiver=receiver.state,
        message_type=message_type,
        served=served,
        environment=environment,
    )
    return receiver.state


def authorise_witness(
    table: ConnectionTable,
    *,
    served: Environment,
    line: str,
    sender: PartyId,
    environment: Environment,
) -> None:
    """Decide whether a verified message to the router itself is taken in.

    Args:
        table: What is connected: every member of the region may watch its log.
        served: What this router serves.
        line: State whose line it came by.
        sender: From the verified header.
        environment: From the verified header.

    Raises:
        RefusedError: ``routing.foreign_line``, ``routing.role``, ``connection.*``.
    """
    _check_line(line, sender)
    if sender.role != GATEWAY or sender.state not in table.members:
        raise RefusedError("routing.role", f"expected a member's gateway as sender, found {sender}")
    if environment is not served:
        raise RefusedError("connection.environment", f"expected {served}, found {environment}")


def _check_line(line: str, sender: PartyId) -> None:
    if sender.state != line:
        raise RefusedError(
            "routing.foreign_line",
            f"expected a message of {line} on the line of {line}, found one of {sender.state}",
        )
