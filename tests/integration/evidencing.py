"""Evidence in a region taken apart: what stamps, exports and erases, step by step."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from swb.backends.sqlite.evidence_store import SqliteEvidenceStore
from swb.clock import new_id
from swb.services.erasing import EraseService
from swb.services.exporting import ExportService
from swb.services.stamping import StampingPolicy, StampingService
from swb.simulator.time_stamping import load_time_stamp_authority
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.evidence import (
    TimePolicy,
    encode_contents,
    parse_contents,
    read_archive,
    write_archive,
)
from swb_schemas.evidence.contents import CONTENTS_NAME
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from swb.ports import EvidenceStore, RevocationAnswers
    from swb_schemas.evidence import Contents
    from tests.integration.world import Member, World

__all__ = ["Desk", "Office", "change_container", "open_desk"]

POLICY = StampingPolicy(
    interval=timedelta(seconds=60),
    batch=1000,
    alarm_after=timedelta(minutes=15),
    stop_after=None,
    skew=timedelta(minutes=5),
    time=TimePolicy(),
)


@dataclass
class Office:
    """A time-stamp authority within this process, which a test can spoil."""

    answer: Callable[[bytes], bytes]
    name: str = "office"
    asked: int = 0

    async def ask(self, query: bytes) -> bytes:
        self.asked += 1
        return self.answer(query)

    def fail(self) -> None:
        """Be out of reach."""

        def unreachable(_: bytes) -> bytes:
            message = "expected an answer, found none"
            raise UnavailableError("time_stamp.unreachable", message)

        self.answer = unreachable


@dataclass(kw_only=True)
class Desk:
    """What one member does about evidence."""

    world: World
    member: Member
    evidence: EvidenceStore
    offices: list[Office] = field(default_factory=list)
    policy: StampingPolicy = POLICY
    revocation: RevocationAnswers | None = None

    def stamping(self, **changes: object) -> StampingService:
        """Build what stamps; a new one, as after a restart."""
        return StampingService(
            store=self.member.store,
            evidence=changes.get("evidence", self.evidence),  # type: ignore[arg-type]  # an evidence store
            authorities=self.offices,
            trust=self.world.trust,
            read_bundle=self.read_bundle,
            clock=self.world.clock,
            draw_nonce=lambda: 12345,
            policy=self.policy,
        )

    async def read_bundle(self) -> bytes:
        return self.world.keys.bundle.read_bytes()

    async def export(self, reference: str) -> bytes:
        exporting = ExportService(
            state=self.member.state,
            store=self.member.store,
            evidence=self.evidence,
            trust=self.world.trust,
            read_bundle=self.read_bundle,
            clock=self.world.clock,
            revocation=self.revocation,
        )
        return (await exporting.export(reference)).octets

    def erasing(self) -> EraseService:
        return EraseService(
            state=self.member.state,
            store=self.member.store,
            evidence=self.evidence,
            clock=self.world.clock,
            new_id=new_id,
        )


@asynccontextmanager
async def open_desk(world: World, state: str, **policy: object) -> AsyncIterator[Desk]:
    """Open a member's evidence, with one office of the region."""
    authority = load_time_stamp_authority(
        world.keys.key(REGION, Purpose.TIME_STAMP),
        world.keys.certificate(REGION, Purpose.TIME_STAMP),
        world.clock.now,
    )
    authority.serials = count(1)
    async with AsyncExitStack() as stack:
        evidence = SqliteEvidenceStore(path=world.folder / f"evidence-{state}.db")
        await evidence.open()
        stack.push_async_callback(evidence.close)
        yield Desk(
            world=world,
            member=world.members[state],
            evidence=evidence,
            offices=[Office(authority.answer)],
            policy=replace(POLICY, **policy),  # type: ignore[arg-type]  # fields by name
        )


def change_container(
    raw: bytes,
    *,
    contents: Callable[[Contents], Contents] = lambda each: each,
    without: Sequence[str] = (),
    files: dict[str, bytes] | None = None,
) -> bytes:
    """Make a container anew as an attacker does who keeps its list of contents in step.

    Args:
        raw: The container.
        contents: Changes the list.
        without: Files that are taken out.
        files: Files that are put in, or in the place of others.
    """
    found = {name: each for name, each in read_archive(raw).items() if name not in without}
    found.update(files or {})
    found[CONTENTS_NAME] = encode_contents(contents(parse_contents(found[CONTENTS_NAME])))
    return write_archive(found)


def later(moment: datetime, *, years: int) -> datetime:
    """The same day, years later."""
    return moment.replace(year=moment.year + years, day=min(moment.day, 28))
