"""The overview: what pages, commands and the API ask of a store about many documents.

It stands beside `MessageStore`, on the same data, with connections of its own: whoever looks never
waits for the road, nor the road for who looks. Nothing here reads the octets of a document.

Figures are kept by a follower (`swb.services.rolling_up`): it reads the store's feeds of facts
and remarks from where it was, and commits how the figures change together with how far it came.
So they are as fresh as the follower's last step (`Overview.find_lag`), an old store fills up by
itself, and nothing that a page asks looks at every document.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.core.figures import CountedDocument, Figure, Grain, Measure, Remark
    from swb.ports.records import Direction
    from swb.ports.waiting import ParkedKind

__all__ = [
    "Aged",
    "CountedFigure",
    "Course",
    "FactPage",
    "FigureFilter",
    "Glance",
    "GlanceFilter",
    "Lag",
    "Overview",
    "OverviewFeed",
    "PlaceInList",
    "RemarkPage",
]


class OverviewFeed(StrEnum):
    """What the follower reads, in the order of the commits."""

    FACTS = "facts"
    REMARKS = "remarks"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """Which figures; what is empty or None narrows nothing.

    Attributes:
        measure: What was counted.
        grain: How long the periods are.
        since: Periods that begin at this moment or later.
        until: Periods that begin before this moment.
        direction: ``in`` or ``out``.
        partner: The state at the other end.
        message_types: Names in the catalogue, any of them.
        environment: test, parallel or production.
    """

    measure: Measure
    grain: Grain
    since: datetime | None = None
    until: datetime | None = None
    direction: str = ""
    partner: str = ""
    message_types: Sequence[str] = ()
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFigure:
    """A figure with its number.

    Attributes:
        figure: What was counted.
        count: How many; never 0.
    """

    figure: Figure
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Figures of one period, added up over partners, types, environments and authorities.

    Attributes:
        begins_at: When the period begins.
        direction: ``in`` or ``out``.
        code: As of the figures.
        count: How many.
    """

    begins_at: datetime
    direction: str
    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A document at a glance, without its octets.

    Attributes:
        document_id: UUIDv7 from the seal header.
        message_type: Name in the catalogue.
        certificate_key: ``STATE:office:number`` of the certificate that it is or speaks about;
            empty where there is none.
        conversation_id: From the seal header.
        issuing_party: URN of the sealing party.
        receiving_party: URN of the addressed party.
        environment: test, parallel or production.
        direction: Which way it went.
        recorded_at: When this store first committed it.
        partner: The state at the other end; empty where the follower has not been there yet, and
            of what does not lead a conversation.
        status: The fact that stands for it (`swb.core.lifecycle.judge_status`); empty likewise.
    """

    document_id: str
    message_type: str
    certificate_key: str
    conversation_id: str
    issuing_party: str
    receiving_party: str
    environment: str
    direction: Direction
    recorded_at: datetime
    partner: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of a certificate so far, without what it says.

    Attributes:
        document_id: Of the latest certificate with its key.
        certificate_key: ``STATE:office:number``.
        message_type: Name in the catalogue.
        issuing_party: URN of the sealing party.
        receiving_party: URN of the addressed party.
        recorded_at: When this store first committed it.
        is_erased: Whether only its proofs are left.
        facts: Name, number of the response and moment of each, the earliest first.
    """

    document_id: str
    certificate_key: str
    message_type: str
    issuing_party: str
    receiving_party: str
    recorded_at: datetime
    is_erased: bool
    facts: Sequence[tuple[str, int, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlanceFilter:
    """Which documents of a list; what is empty or None narrows nothing.

    Attributes:
        direction: ``in`` or ``out``.
        partner: The state at the other end.
        message_type: Name in the catalogue, of a document that leads a conversation.
        status: The fact that stands for it.
        since: Recorded at this moment or later.
        until: Recorded before this moment.
    """

    direction: str = ""
    partner: str = ""
    message_type: str = ""
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInList:
    """Behind which document the next page of a list begins: that of the last one shown.

    Attributes:
        recorded_at: Of that document.
        document_id: Of that document.
    """

    recorded_at: datetime
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """How much of one kind waits at one line, of one age.

    Attributes:
        kind: ``outbound`` (to be published), ``delivery`` (at the national system), ``held``
            (cannot be judged yet) or ``dead-letter`` (refused).
        is_parked: Whether it waits for a person, and nobody tries it any more. Always of dead
            letters.
        line: By which it leaves or came; empty for the national system of this store's gateway.
        bucket: How many of the given ages it has passed: 0 is younger than the first of them.
        waiting: How many.
        oldest_at: Since when the oldest of them waits; None where nobody noted it.
    """

    kind: ParkedKind
    is_parked: bool
    line: str
    bucket: int
    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactPage:
    """What the follower reads at once of the feed of facts.

    Attributes:
        after: Position up to which facts were counted before.
        position: That of the last fact of this page; `after` where there is none.
        documents: Those that the page's facts are about, with all facts up to `position`; one
            that this store does not have is left out.
    """

    after: int
    position: int
    documents: Sequence[CountedDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkPage:
    """What the follower reads at once of the feed of remarks.

    Attributes:
        after: Position up to which remarks were counted before.
        position: That of the last remark of this page; `after` where there is none.
        remarks: In the order of the feed.
    """

    after: int
    position: int
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far the figures are behind.

    Attributes:
        feed: Of which feed.
        behind: Entries that are not counted yet, or a few more; 0 where all of them are.
    """

    feed: OverviewFeed
    behind: int


class Overview(Protocol):
    """Reads over many documents, each bounded by an index, and the figures' own upkeep.

    Every method may raise `UnavailableError` ``store.unavailable``.
    """

    async def open(self) -> None:
        """Open the data that a store made.

        Raises:
            UnavailableError: ``store.unavailable``, or ``store.schema`` when they are not of the
                version that this code needs.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    # searching

    async def search_documents(self, reference: str, *, limit: int = 50) -> Sequence[Glance]:
        """Search documents by what a person has in hand.

        Found are: a certificate by its key; by its number, alone or with state and office, however
        spelled (`swb_schemas.parties.CertificateKey.folded`), and by how that begins, from 4
        characters on; and a document, message or conversation id, and how one begins, from 8.

        Args:
            reference: As it was typed.
            limit: So many of them.

        Returns:
            Those that are meant exactly first, then the newest first; certificates by number as
            soon as the follower has been there.
        """
        ...

    async def list_glances(
        self, wanted: GlanceFilter, *, behind: PlaceInList | None = None, limit: int = 50
    ) -> Sequence[Glance]:
        """List documents that lead a conversation, newest first, a page at a time.

        Args:
            wanted: Which.
            behind: Where the page before ended; None is the first one.
            limit: So many of them.
        """
        ...

    async def list_courses(self, certificate_keys: Sequence[str]) -> Sequence[Course]:
        """List what became of certificates, by key; those that are not here are left out.

        Args:
            certificate_keys: Of the latest certificate with each (`MessageStore.find_certificate`).
        """
        ...

    # figures

    async def list_figures(self, wanted: FigureFilter) -> Sequence[CountedFigure]:
        """List figures in the order of their periods; those that are 0 are left out."""
        ...

    async def list_sums(self, wanted: FigureFilter) -> Sequence[CountedFigure]:
        """List figures of one length added up over all of their periods.

        Returns:
            The same as `list_figures`, each once, its period said to begin at `figures.EVER`.
        """
        ...

    async def list_totals(self, wanted: FigureFilter) -> Sequence[Total]:
        """List figures in the order of their periods, added up over all but period and code."""
        ...

    async def list_ages(self, now: datetime, ages: Sequence[timedelta]) -> Sequence[Aged]:
        """List what waits on its road through this store, by kind, line and age.

        Args:
            now: From where age is counted back.
            ages: Between which ages are told apart, shortest first.
        """
        ...

    # what the follower does

    async def read_facts(self, *, limit: int = 500) -> FactPage:
        """Read the facts behind those that were counted, at most so many, in feed order."""
        ...

    async def read_remarks(self, *, limit: int = 500) -> RemarkPage:
        """Read the remarks behind those that were counted, at most so many, in feed order."""
        ...

    async def commit_facts(self, page: FactPage, changes: Mapping[Figure, int]) -> bool:
        """Commit how the figures change by a page, its documents' glances, and its position.

        Returns:
            False, and nothing was written, where somebody else counted meanwhile.
        """
        ...

    async def commit_remarks(self, page: RemarkPage, changes: Mapping[Figure, int]) -> bool:
        """Commit how the figures change by a page, and its position; as `commit_facts`."""
        ...

    async def find_lag(self) -> Sequence[Lag]:
        """Find how far the figures are behind, of each feed."""
        ...
