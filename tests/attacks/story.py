"""What an attack is in the catalogue: a story, what it would gain, and who notices it how.

A module of `tests.attacks.stories` tells the attacks of one kind. Each is a function that mounts
the attack for good, against the functions that a program calls or against a region that runs, and
returns what it met: the code of a refusal, or what an inbox said of it. Its name is the attack's.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from tests.integration.opening import open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path
    from typing import Any

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.integration.world import World

    Paper: TypeAlias = Callable[[], str]
    Filed: TypeAlias = Callable[["Field"], str]
    Staged: TypeAlias = Callable[["Field"], Awaitable[str]]

__all__ = ["Attack", "Book", "Field", "Side"]


class Side(StrEnum):
    """Where an attacker stands, and so what it has to begin with."""

    OUTSIDER = "outsider"
    """Has no key: makes files, and puts them where anybody can."""
    MEMBER = "member"
    """A state's gateway with true keys, that is dishonest or was broken into."""
    INSIDER = "insider"
    """Runs a gateway or router: has its files, its database and its configuration."""
    ROUTER = "router"
    """Holds every message in its hands, and the region's own keys."""
    REGION = "region"
    """Decides on the region's list, its root and its table of connections."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where an attack is mounted.

    Attributes:
        folder: Empty, and gone afterwards.
        rabbitmq: Gives a private server, which other attacks use too.
    """

    folder: Path
    rabbitmq: Callable[[], PrivateNode] | None = None

    @asynccontextmanager
    async def region(self, **options: Any) -> AsyncIterator[World]:  # noqa: ANN401 - passed on
        """A whole region of two states in this process; options are those of `open_world`."""
        async with open_world(self.folder, **options) as world:
            yield world


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack.

    Attributes:
        name: Of the attack, in words.
        by: Where the attacker stands.
        story: What is done, in one or two sentences.
        gain: What the attacker would have if nobody noticed.
        expected: What it must meet: the code of a refusal; in capitals, what an inbox says of it.
        noticed_by: Whoever meets it with that.
    """

    name: str
    by: Side
    story: str
    gain: str
    expected: str
    noticed_by: str
    mount: Paper | Filed | Staged

    def run(self, field: Field) -> str:
        """Mount it; returns what it met."""
        if inspect.iscoroutinefunction(self.mount):
            met: str = asyncio.run(self.mount(field))
            return met
        if inspect.signature(self.mount).parameters:
            return cast("Filed", self.mount)(field)
        return cast("Paper", self.mount)()


ANY_READER: Final = "whoever reads it"


class Book:
    """Attacks of one kind, in the order in which they are told.

    Args:
        title: What they have in common.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.attacks: list[Attack] = []

    def add(
        self,
        mount: Paper | Filed | Staged,
        *,
        name: str,
        by: Side = Side.OUTSIDER,
        story: str,
        gain: str,
        meets: str,
        noticed_by: str = ANY_READER,
    ) -> None:
        """Tell an attack."""
        self.attacks.append(
            Attack(
                name=name,
                by=by,
                story=story,
                gain=gain,
                expected=meets,
                noticed_by=noticed_by,
                mount=mount,
            )
        )

    def tell(
        self,
        story: str,
        *,
        by: Side = Side.OUTSIDER,
        gain: str,
        meets: str,
        noticed_by: str = ANY_READER,
    ) -> Callable[[Paper | Filed | Staged], Paper | Filed | Staged]:
        """Tell the attack that a function mounts, under the function's name."""

        def told(mount: Paper | Filed | Staged) -> Paper | Filed | Staged:
            self.add(
                mount,
                name=mount.__name__.replace("_", " "),
                by=by,
                story=story,
                gain=gain,
                meets=meets,
                noticed_by=noticed_by,
            )
            return mount

        return told
