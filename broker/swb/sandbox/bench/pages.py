"""How long pages wait: each question that they ask, on a PostgreSQL full of documents.

A private server's store is filled, its figures are counted by the follower that a daemon runs, and
then each question is asked many times, one after the other, each time about another document or
day. Every page of the console and everything that the API shows has a question in `QUESTIONS`,
with the time that it may take; a test fails where one has none.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from swb.app.overview import list_levels
from swb.app.private import open_filled_store
from swb.config import OverviewConfig
from swb.core.lifecycle import Fact
from swb.ports import GlanceFilter, PlaceInList
from swb.sandbox.console_pages import open_pages
from swb.sandbox.measuring import percentile
from swb.services.release_study import ReleaseStudyService
from swb.services.rolling_up import RollUpService
from swb.services.state_day import AGES, DayService
from swb_schemas.connections import ConnectionTable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from swb.app.private import Filled
    from swb.ports import DocumentRecord, MessageRecord
    from swb.sandbox.console_pages import Own, Pages

__all__ = ["QUESTIONS", "Asked", "PagesBench", "Question", "Subject", "run_pages_bench"]

_SEARCH: Final = 0.05
"""Seconds that a search by reference may take."""
_PAGE: Final = 0.2
"""Seconds that anything else on a page may take."""
_FACTS_AT_A_TIME: Final = 2000
_LEAST_SEALED: Final = 20
_MOST_SEALED: Final = 1000
"""So many certificates are sealed in earnest, and followed by one subscriber."""
_SUBJECTS: Final = 40
"""So many documents are asked about, in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """About what a question is asked this time.

    Attributes:
        filled: The store.
        document: One of its documents.
        message: The message that carried it.
        now: The present of the store.
        day: When one of its days begins, in UTC.
        pages: The gateway's console and API.
        own: One of the certificates that were sealed there.
    """

    filled: Filled
    document: DocumentRecord
    message: MessageRecord
    now: datetime
    day: datetime
    pages: Pages
    own: Own

    @property
    def number(self) -> str:
        """The document's number as people spell it."""
        return self.document.certificate_key.rpartition(":")[2].replace("%2F", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that a page asks.

    Attributes:
        name: Of it, for people and programs.
        within: Seconds that 95 of 100 answers may take at most.
        ask: Asks it.
        of: The page that it stands for, as its path in `swb.console.application.PAGES`, or the
            operation of the API, by its id; empty where it is a part of several.
    """

    name: str
    within: float
    ask: Callable[[Subject], Awaitable[object]]
    of: str = ""


def _search(name: str, reference: Callable[[Subject], str]) -> Question:
    return Question(
        name=f"search by {name}",
        within=_SEARCH,
        ask=lambda about: about.filled.overview.search_documents(reference(about)),
    )


def _list(name: str, wanted: Callable[[Subject], GlanceFilter], *, far: bool = False) -> Question:
    return Question(
        name=f"list {name}",
        within=_PAGE,
        ask=lambda about: about.filled.overview.list_glances(
            wanted(about),
            behind=PlaceInList(
                recorded_at=about.document.recorded_at, document_id=about.document.document_id
            )
            if far
            else None,
        ),
    )


def _page(of: str, path: Callable[[Subject], str] | str = "", *, name: str = "") -> Question:
    return Question(
        name=f"console: {name or of}",
        within=_PAGE,
        ask=lambda about: about.pages.show(_spell(path or of, about)),
        of=of,
    )


def _operation(of: str, path: Callable[[Subject], str] | str) -> Question:
    return Question(
        name=f"api: {of}",
        within=_PAGE,
        ask=lambda about: about.pages.call(f"/v1{_spell(path, about)}"),
        of=of,
    )


def _spell(path: Callable[[Subject], str] | str, about: Subject) -> str:
    return path if isinstance(path, str) else path(about)


QUESTIONS: Final = (
    _search("certificate key", lambda about: about.document.certificate_key),
    _search("number", lambda about: about.number),
    _search("how a number begins", lambda about: about.number[:9]),
    _search("how many numbers begin", lambda about: about.number[:4]),
    _search("document id", lambda about: about.document.document_id),
    _search("how a document id begins", lambda about: about.document.document_id[:8]),
    _search("message id", lambda about: about.message.message_id),
    _search("conversation id", lambda about: about.document.conversation_id),
    _search("what is not there", lambda about: f"nothing-{about.number}"),
    _list("newest", lambda _: GlanceFilter()),
    _list("newest, a page far behind", lambda _: GlanceFilter(), far=True),
    _list("refused", lambda _: GlanceFilter(status=Fact.REFUSED)),
    _list("sent to one partner", lambda _: GlanceFilter(direction="out", partner="SG")),
    _list(
        "one partner, type and status",
        lambda _: GlanceFilter(
            partner="LA", message_type="CertificateIssue", status=Fact.NOT_GIVEN
        ),
    ),
    _list(
        "of one day",
        lambda about: GlanceFilter(since=about.day, until=about.day + timedelta(days=1)),
    ),
    Question(
        name="track one document",
        within=_PAGE,
        ask=lambda about: about.filled.store.find_trail(about.document.certificate_key),
    ),
    Question(name="the day", within=_PAGE, ask=lambda about: _build_day(about).tell_day(about.day)),
    Question(
        name="the day with one partner",
        within=_PAGE,
        ask=lambda about: _build_day(about).tell_day(about.day, partner="SG"),
    ),
    Question(
        name="release times of 30 days",
        within=_PAGE,
        ask=lambda about: _build_study(about).tell_releases(
            about.now - timedelta(days=30), about.now
        ),
    ),
    Question(
        name="release times of a year",
        within=_PAGE,
        ask=lambda about: _build_study(about).tell_releases(
            about.now - timedelta(days=365), about.now
        ),
    ),
    Question(
        name="what waits here, by age",
        within=_PAGE,
        ask=lambda about: about.filled.overview.list_ages(about.now, AGES),
    ),
    Question(
        name="how far the figures are behind",
        within=_PAGE,
        ask=lambda about: about.filled.overview.find_lag(),
    ),
    _page("/sign-in"),
    _page("/"),
    _page("/documents"),
    _page("/documents", lambda about: f"/documents?day={about.day.date()}", name="a day's"),
    _page("/documents", lambda about: f"/documents?q={about.number[:4]}", name="search"),
    _page("/documents/{document_id}", lambda about: f"/documents/{about.own.document_id}"),
    _page(
        "/documents/{document_id}/sealed.xml",
        lambda about: f"/documents/{about.own.document_id}/sealed.xml",
    ),
    _page(
        "/documents/{document_id}/payload",
        lambda about: f"/documents/{about.own.document_id}/payload",
    ),
    _page(
        "/documents/{document_id}/evidence",
        lambda about: f"/documents/{about.own.document_id}/evidence",
    ),
    _page("/messages/{message_id}.xml", lambda about: f"/messages/{about.own.message_id}.xml"),
    _page("/day", lambda about: f"/day?day={about.day.date()}"),
    _page("/release-times"),
    _page("/rules"),
    _page("/operations"),
    _page("/parked"),
    _page("/parked", "/parked?discarded=1", name="parked, and discarded"),
    _page("/parked/{item_id}", lambda about: f"/parked/{quote(about.pages.parked_id)}"),
    _page("/approvals"),
    _page("/partners"),
    _page("/certificates"),
    _page("/log"),
    _page("/reconciliation"),
    _page("/audit"),
    _page("/audit", "/audit?until=150", name="audit, long ago"),
    _page("/forms"),
    _page("/forms/form-d.csv"),
    _page("/forms/{draft_id}", lambda about: f"/forms/{about.pages.draft_id}"),
    _operation("findDocument", lambda about: f"/documents?reference={_find_key(about)}"),
    _operation("followDocument", lambda about: f"/documents/{about.own.document_id}"),
    _operation("readDocument", lambda about: f"/documents/{about.own.document_id}/content"),
    _operation("exportEvidence", lambda about: f"/documents/{about.own.document_id}/evidence"),
    _operation("listInbox", "/inbox"),
    _operation("listReferences", "/references"),
    _operation("streamReferences", "/references/events"),
    _operation("listDocumentTypes", "/catalogue"),
    _operation("listAdapters", "/adapters"),
    _operation("getHealth", "/health"),
    _operation("getPrincipal", "/principal"),
    _operation("explainProblem", "/problems/api.invalid"),
    _operation("describeApi", "/openapi.json"),
)
"""What pages ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How long one question took.

    Attributes:
        question: Which.
        median: Seconds.
        p95: Seconds: 95 of 100 answers took no longer.
        longest: Seconds.
    """

    question: Question
    median: float
    p95: float
    longest: float

    @property
    def is_in_time(self) -> bool:
        """Whether it took no longer than it may."""
        return self.p95 <= self.question.within


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesBench:
    """What was measured.

    Attributes:
        documents: In the store, that lead a conversation.
        facts: That were counted.
        fill_seconds: It took to fill the store.
        count_seconds: It took to count all of it.
        asked: Each question.
    """

    documents: int
    facts: int
    fill_seconds: float
    count_seconds: float
    asked: Sequence[Asked]


async def run_pages_bench(
    *, documents: int, times: int, only: Sequence[str] = (), tell: Callable[[str], None]
) -> PagesBench:
    """Fill a store, count it, and ask every question.

    Args:
        documents: How many the store has that lead a conversation.
        times: How often each question is asked.
        only: Names of questions; none is all of them.
        tell: Called with each step, for people.

    Raises:
        UnavailableError: ``store.*``, ``postgres.*``.
    """
    now, begun = datetime.now(UTC), time.monotonic()
    chosen = [each for each in QUESTIONS if not only or each.name in only]
    tell(f"filling a private PostgreSQL with {documents:,} documents")
    async with open_filled_store(documents=documents, now=now) as filled:
        filled_in = time.monotonic() - begun
        behind = sum(each.behind for each in await filled.overview.find_lag())
        tell(f"counting {behind:,} facts and remarks")
        begun = time.monotonic()
        counting = RollUpService(
            overview=filled.overview,
            clock=_Still(now),
            late_after=timedelta(0),
            page=_FACTS_AT_A_TIME,
            breath=0,
        )
        while await counting.roll_up_due():
            pass
        counted_in = time.monotonic() - begun
        asked = []
        tell(f"sealing some more, and filling the audit trail with {documents:,} entries")
        sealed = max(_LEAST_SEALED, min(_MOST_SEALED, documents // 1000))
        async with open_pages(filled.url, entries=documents, sealed=sealed) as pages:
            subjects = await _draw(filled, now, pages)
            for question in chosen:
                asked.append(await _measure(question, subjects, times))
                tell(f"{question.name}: {asked[-1].p95 * 1000:.1f} ms")
    return PagesBench(
        documents=documents,
        facts=behind,
        fill_seconds=filled_in,
        count_seconds=counted_in,
        asked=asked,
    )


async def _draw(filled: Filled, now: datetime, pages: Pages) -> Sequence[Subject]:
    randomly = Random(1)  # noqa: S311 - the same documents each time, and no secret
    ids = randomly.sample(filled.document_ids, min(_SUBJECTS, len(filled.document_ids)))
    subjects = []
    for document_id, own in zip(ids, cycle(pages.own), strict=False):
        document = await filled.store.find_document(document_id)
        message = await filled.store.find_carrier(document_id)
        assert document is not None  # noqa: S101 - it was made a moment ago
        assert message is not None  # noqa: S101 - likewise
        day = document.recorded_at.replace(hour=0, minute=0, second=0, microsecond=0)
        subjects.append(
            Subject(
                filled=filled,
                document=document,
                message=message,
                now=now,
                day=day,
                pages=pages,
                own=own,
            )
        )
    return subjects


def _find_key(about: Subject) -> str:
    return quote(about.own.certificate_key, safe="")


async def _measure(question: Question, subjects: Sequence[Subject], times: int) -> Asked:
    took = []
    for turn in range(times):
        begun = time.perf_counter()
        await question.ask(subjects[turn % len(subjects)])
        took.append(time.perf_counter() - begun)
    return Asked(
        question=question,
        median=percentile(took, 50),
        p95=percentile(took, 95),
        longest=max(took),
    )


def _build_day(about: Subject) -> DayService:
    return DayService(
        overview=about.filled.overview,
        clock=_Still(about.now),
        levels=list_levels(OverviewConfig()),
    )


def _build_study(about: Subject) -> ReleaseStudyService:
    return ReleaseStudyService(
        state="VN", overview=about.filled.overview, connections=_NoConnections()
    )


class _Still:
    """A clock that stands at the store's present."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


class _NoConnections:
    """Nothing was agreed on, so nothing is to be published; it takes no time."""

    async def fetch(self) -> ConnectionTable:
        return ConnectionTable()
