"""In what a live RabbitMQ is not what the description says: missing, other, or beyond it.

Looked at are the members' vhosts, the users that the description names, and whoever else may do
something there: everybody with a permission in a member's vhost, and everybody with a tag, for a
tag opens the management API. What else the server carries is not this region's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.backends.rabbitmq.description import Kind, Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Difference", "State", "find_differences", "read_definitions"]

_OURS: Final = re.compile(r"swb\.[A-Z]{2}")
_SECRET: Final = "password_hash"  # noqa: S105 - the name of one
_FIXED: Final = frozenset({Kind.QUEUE, Kind.EXCHANGE})
"""Kinds that RabbitMQ lets nobody change: they would have to be deleted first."""
_REMOVABLE: Final = frozenset(
    {Kind.PERMISSION, Kind.TOPIC_PERMISSION, Kind.PARAMETER, Kind.POLICY, Kind.BINDING}
)
"""Kinds that can go without a message being lost."""
_LIMITING: Final = frozenset({"vhost-limits", "operator_policy"})
"""Parameters of the description's kinds; others, such as shovels, have owners of their own."""


class State(StrEnum):
    """In what way something differs."""

    MISSING = "missing"
    OTHER = "other"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it should be.

    Attributes:
        state: In what way.
        thing: As described; what is extra, as found.
        details: What was expected and what was found, by property; never a secret.
    """

    state: State
    thing: Thing
    details: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether RabbitMQ lets nobody change it while it is there."""
        return self.state is State.OTHER and self.thing.kind in _FIXED

    @property
    def is_removable(self) -> bool:
        """Whether it is too much and can go without a message being lost."""
        return self.state is State.EXTRA and self.thing.kind in _REMOVABLE


def read_definitions(exported: Mapping[str, object]) -> tuple[Thing, ...]:
    """Read what RabbitMQ exports; entries of no known form are left out.

    Args:
        exported: The definitions as JSON has them.
    """
    return tuple(_read_lists(exported))


def _read_lists(exported: Mapping[str, object]) -> Iterator[Thing]:
    for kind in Kind:
        entries = exported.get(kind, ())
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or not all(key in entry for key in kind.identity):
                continue
            yield Thing(
                kind=kind,
                identity=tuple(str(entry[key]) for key in kind.identity),
                properties={key: entry[key] for key in entry if key not in kind.identity},
            )


def find_differences(
    expected: Sequence[Thing], found: Iterable[Thing], *, operators: Iterable[str] = ()
) -> tuple[Difference, ...]:
    """Compare a description with what there is.

    Args:
        expected: The description.
        found: What RabbitMQ exported.
        operators: Users who may do more: whoever administers the server.
    """
    there = {(thing.kind, thing.identity): thing for thing in found}
    known = {(thing.kind, thing.identity) for thing in expected}
    differences = [
        difference
        for thing in expected
        if (difference := _compare(thing, there.get((thing.kind, thing.identity)))) is not None
    ]
    users = {thing.identity[0] for thing in expected if thing.kind is Kind.USER}
    may_more = frozenset(operators)
    return (
        *differences,
        *(
            Difference(state=State.EXTRA, thing=thing, details=tuple(_describe_extra(thing)))
            for key, thing in there.items()
            if key not in known and _is_too_much(thing, users, may_more)
        ),
    )


def _compare(thing: Thing, found: Thing | None) -> Difference | None:
    if found is None:
        return Difference(state=State.MISSING, thing=thing)
    details = tuple(
        f"{name}: another password or none"
        if name == _SECRET
        else f"{name}: expected {value}, found {found.properties.get(name)}"
        for name, value in thing.properties.items()
        if not _is_same(value, found.properties.get(name))
    )
    return Difference(state=State.OTHER, thing=thing, details=details) if details else None


def _is_same(expected: object, found: object) -> bool:
    """Compare; RabbitMQ before 3.8 wrote lists of tags as text, and no list as nothing."""
    return expected == found or (expected in ([], {}) and found in ([], {}, "", None))


def _is_too_much(thing: Thing, users: set[str], operators: frozenset[str]) -> bool:
    match thing.kind:
        case Kind.VHOST:
            return _OURS.fullmatch(thing.identity[0]) is not None
        case Kind.USER:
            return bool(thing.properties.get("tags")) and thing.identity[0] not in operators
        case Kind.PERMISSION | Kind.TOPIC_PERMISSION:
            vhost, user = thing.identity[:2]
            return user in users or (_OURS.fullmatch(vhost) is not None and user not in operators)
        case Kind.PARAMETER:
            return _OURS.fullmatch(thing.vhost) is not None and thing.identity[1] in _LIMITING
        case _:
            return _OURS.fullmatch(thing.vhost) is not None


def _describe_extra(thing: Thing) -> Iterator[str]:
    shown = {Kind.USER: ("tags",), Kind.PERMISSION: ("configure", "write", "read")}
    for name in shown.get(thing.kind, ()):
        yield f"{name}: {thing.properties.get(name)}"
