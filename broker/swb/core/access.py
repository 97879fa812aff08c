"""Access: who may do what here, as a table of roles and rights.

Whoever asks is a principal: a person who signed in, or a system with a token or certificate of its
own. A principal belongs to one state and may nothing in another one. What is not in the table is
denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "PERSON_ROLES",
    "RIGHTS",
    "SYSTEM_ROLES",
    "AccessRole",
    "Principal",
    "PrincipalKind",
    "Right",
    "may",
    "require_right",
    "require_roles",
]


class PrincipalKind(StrEnum):
    """What asks."""

    PERSON = "person"
    """Somebody who signed in."""
    SYSTEM = "system"
    """A program with a token or certificate."""


class AccessRole(StrEnum):
    """What a principal is here; it may be several things at once."""

    VIEWER = "viewer"
    """A person who looks documents up."""
    OPERATOR = "operator"
    """A person who keeps the gateway running, and enters documents by hand."""
    ADMINISTRATOR = "administrator"
    """A person who decides on users and tokens; payloads are not theirs to see."""
    REGULATOR = "regulator"
    """A person who inspects everything and changes nothing."""
    SINGLE_WINDOW = "single-window"
    """The national system: it submits, and pulls what came for it."""
    SUBSCRIBER = "subscriber"
    """A carrier, an agency or a bank that follows the references that it is entitled to."""


class Right(StrEnum):
    """Something that can be done, in the words of the one who does it."""

    READ_CATALOGUE = "read-catalogue"
    """See which document types there are, and as whom one is known."""
    READ_HEALTH = "read-health"
    """See how the gateway is, part by part, and which formats it reads and writes."""
    SUBMIT = "submit"
    """Have a payload sealed and sent."""
    FOLLOW = "follow"
    """See where any document of the state stands."""
    SUBSCRIBE = "subscribe"
    """See where those documents stand that one is entitled to, and be told when that changes."""
    ENTITLE = "entitle"
    """Say which references a subscriber may follow."""
    PULL = "pull"
    """Take what came for the national system, and acknowledge it."""
    READ_PAYLOAD = "read-payload"
    """Read what documents say."""
    READ_EVIDENCE = "read-evidence"
    """Get the container that proves who sent what and when."""
    READ_DAY = "read-day"
    """See the state's day in numbers."""
    READ_OPERATIONS = "read-operations"
    """See queues, parked messages, partners, certificates and the log."""
    REPLAY = "replay"
    """Send or hand over again what waits for a person."""
    DISCARD = "discard"
    """Give up what waits for a person."""
    APPROVE = "approve"
    """Agree, as the second person, to an act of another one."""
    READ_AUDIT = "read-audit"
    """Read who did what here."""
    MANAGE_ACCESS = "manage-access"
    """Decide on users and tokens."""


_LOOKING: Final = frozenset({Right.READ_CATALOGUE, Right.READ_HEALTH, Right.FOLLOW, Right.READ_DAY})

RIGHTS: Final[Mapping[AccessRole, frozenset[Right]]] = {
    AccessRole.VIEWER: _LOOKING,
    AccessRole.OPERATOR: _LOOKING
    | {
        Right.SUBMIT,
        Right.ENTITLE,
        Right.READ_PAYLOAD,
        Right.READ_EVIDENCE,
        Right.READ_OPERATIONS,
        Right.REPLAY,
        Right.DISCARD,
        Right.APPROVE,
    },
    AccessRole.ADMINISTRATOR: _LOOKING
    | {Right.READ_OPERATIONS, Right.APPROVE, Right.READ_AUDIT, Right.MANAGE_ACCESS},
    AccessRole.REGULATOR: _LOOKING
    | {Right.READ_PAYLOAD, Right.READ_EVIDENCE, Right.READ_OPERATIONS, Right.READ_AUDIT},
    AccessRole.SINGLE_WINDOW: frozenset(
        {
            Right.READ_CATALOGUE,
            Right.READ_HEALTH,
            Right.SUBMIT,
            Right.FOLLOW,
            Right.ENTITLE,
            Right.PULL,
            Right.READ_PAYLOAD,
            Right.READ_EVIDENCE,
        }
    ),
    AccessRole.SUBSCRIBER: frozenset({Right.READ_CATALOGUE, Right.SUBSCRIBE}),
}
"""What each role may do."""

SYSTEM_ROLES: Final = frozenset({AccessRole.SINGLE_WINDOW, AccessRole.SUBSCRIBER})
"""Roles of programs."""
PERSON_ROLES: Final = frozenset(AccessRole) - SYSTEM_ROLES
"""Roles of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, once it was proven.

    Attributes:
        name: The user's, or that of the system.
        kind: Person or system.
        state: Whose, ISO 3166-1 alpha-2.
        roles: What it is here.
    """

    name: str
    kind: PrincipalKind
    state: str
    roles: frozenset[AccessRole]

    @property
    def account(self) -> str:
        """How the audit trail calls it; a person as at the command line."""
        return self.name if self.kind is PrincipalKind.PERSON else f"system {self.name}"

    @property
    def owner(self) -> str:
        """Whose something is that nobody else may touch."""
        return f"{self.state} {self.account}"

    @property
    def rights(self) -> frozenset[Right]:
        """Everything that its roles allow, in its own state."""
        return frozenset[Right]().union(*(RIGHTS[role] for role in self.roles))


def may(principal: Principal, right: Right, state: str) -> bool:
    """Whether a principal may do something to what belongs to a state."""
    return principal.state == state and right in principal.rights


def require_right(principal: Principal, right: Right, state: str) -> None:
    """Let a principal pass, or say why not.

    Args:
        principal: Who asks.
        right: What for.
        state: Whose documents it would see or change.

    Raises:
        RefusedError: ``access.foreign_state``, ``access.denied``.
    """
    if principal.state != state:
        message = f"expected somebody of {state}, found {principal.account} of {principal.state}"
        raise RefusedError("access.foreign_state", message)
    if right not in principal.rights:
        roles = ", ".join(sorted(principal.roles)) or "none"
        message = f"expected a role with the right {right}, found {roles}"
        raise RefusedError("access.denied", message)


def require_roles(kind: PrincipalKind, roles: frozenset[AccessRole]) -> None:
    """Require roles that such a principal can have.

    Raises:
        RefusedError: ``access.roles``.
    """
    meant = PERSON_ROLES if kind is PrincipalKind.PERSON else SYSTEM_ROLES
    if not roles or not roles <= meant:
        message = (
            f"expected roles of a {kind}, of {', '.join(sorted(meant))}, "
            f"found {', '.join(sorted(roles)) or 'none'}"
        )
        raise RefusedError("access.roles", message, actor=Actor.OPERATOR)
