"""Places: which pages there are, in which group, and what right each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.console.language import marked
from swb.core.access import Right

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["Group", "Place", "list_places"]


@dataclass(frozen=True, slots=True)
class Place:
    """A page that can be gone to from every other one.

    Attributes:
        path: Behind the prefix.
        name: What it is called, to be translated.
        right: What one needs to see it.
    """

    path: str
    name: str
    right: Right


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together.

    Attributes:
        name: To be translated.
        places: In their order.
    """

    name: str
    places: Sequence[Place]


_GROUPS: Final = (
    Group(
        marked("Documents"),
        (
            Place("/documents", marked("Find a document"), Right.FOLLOW),
            Place("/forms", marked("Enter a Form D"), Right.SUBMIT),
        ),
    ),
    Group(
        marked("The day"),
        (
            Place("/day", marked("Today in figures"), Right.READ_DAY),
            Place("/release-times", marked("Release times"), Right.READ_DAY),
            Place("/rules", marked("Rules and refusals"), Right.READ_DAY),
        ),
    ),
    Group(
        marked("Operations"),
        (
            Place("/operations", marked("Queues and health"), Right.READ_OPERATIONS),
            Place("/parked", marked("Waiting for a person"), Right.READ_OPERATIONS),
            Place("/approvals", marked("Two people"), Right.READ_OPERATIONS),
            Place("/partners", marked("Partners"), Right.READ_OPERATIONS),
            Place("/certificates", marked("Certificates"), Right.READ_OPERATIONS),
            Place("/log", marked("Evidence log"), Right.READ_OPERATIONS),
            Place("/reconciliation", marked("Reconciliation"), Right.READ_OPERATIONS),
            Place("/audit", marked("Audit trail"), Right.READ_AUDIT),
        ),
    ),
)


def list_places(rights: Collection[Right]) -> Sequence[Group]:
    """List what somebody with these rights may see."""
    seen = (
        Group(group.name, [place for place in group.places if place.right in rights])
        for group in _GROUPS
    )
    return [group for group in seen if group.places]
