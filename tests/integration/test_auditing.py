"""The audit trail in its file, and two people at two keyboards."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.sqlite import audit
from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.backends.sqlite.evidence_store import SqliteEvidenceStore
from swb.clock import new_id
from swb.core.approving import VALID_FOR, Act, Guarded
from swb.core.audit import check_chain, make_entry
from swb.services.anchoring import check_anchor, find_anchor, take_in_head
from swb.services.approving import Approvals, read_entries
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.core.audit import AuditEntry

AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
ACT: Final = Act(
    kind=Guarded.TRUST, action="trust compromise", subject="TH", arguments={"reason": "stolen"}
)


class _Clock:
    def now(self) -> datetime:
        return AT


class _Later:
    def now(self) -> datetime:
        return AT + VALID_FOR + timedelta(seconds=1)


@pytest.fixture
async def trail(tmp_path: Path) -> AsyncIterator[SqliteAuditTrail]:
    opened = SqliteAuditTrail(path=tmp_path / "audit.db")
    await opened.open(create=True)
    yield opened
    await opened.close()


def person(who: str, trail: SqliteAuditTrail, *, guarded: bool = True) -> Approvals:
    """Somebody at the keyboard."""
    kinds = {Guarded.TRUST} if guarded else set()
    return Approvals(trail=trail, guarded=kinds, who=who, clock=_Clock(), new_id=new_id)


async def append(trail: SqliteAuditTrail, subject: str) -> None:
    await trail.append(at=AT, who="operator", action="act", subject=subject, detail="")


async def test_two_processes_append_to_one_chain(trail: SqliteAuditTrail, tmp_path: Path) -> None:
    other = SqliteAuditTrail(path=tmp_path / "audit.db")
    await other.open(create=False)
    await asyncio.gather(
        *(append(each, f"{number}") for number in range(25) for each in (trail, other))
    )
    await other.close()
    entries = await read_entries(trail)
    assert len(entries) == 50
    assert check_chain(entries) == entries[-1].digest


async def test_finds_somebodys_last_act_without_reading_the_rest(trail: SqliteAuditTrail) -> None:
    for who, action, detail in (("a", "x", "1"), ("a", "x", "2"), ("a", "y", "3"), ("b", "x", "4")):
        await trail.append(at=AT, who=who, action=action, subject="", detail=detail)
    found = await trail.find_last(who="a", action="x")
    assert found is not None
    assert found.detail == "2"
    assert await trail.find_last(who="b", action="y") is None


async def test_the_file_itself_changes_nothing(trail: SqliteAuditTrail, tmp_path: Path) -> None:
    await append(trail, "1")
    with sqlite3.connect(tmp_path / "audit.db") as connection:
        for statement in ("UPDATE entries SET who = 'nobody'", "DELETE FROM entries"):
            with pytest.raises(sqlite3.IntegrityError, match="audit entry"):
                connection.execute(statement)
    connection.close()


async def test_whoever_can_write_the_file_is_found_out(
    trail: SqliteAuditTrail, tmp_path: Path
) -> None:
    for number in range(3):
        await append(trail, f"{number}")
    connection = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
    connection.execute("DROP TRIGGER entries_stay")
    connection.execute("UPDATE entries SET subject = 'another' WHERE sequence = 2")
    connection.close()
    with pytest.raises(RefusedError) as refused:
        check_chain(await read_entries(trail))
    assert refused.value.code == "audit.broken"


async def test_no_trail_is_made_by_who_only_asks(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as unavailable:
        await SqliteAuditTrail(path=tmp_path / "none.db").open(create=False)
    assert unavailable.value.code == "audit.unavailable"
    assert not (tmp_path / "none.db").exists()


# --- the head is stamped -----------------------------------------------------------------------


@pytest.fixture
async def evidence(tmp_path: Path) -> AsyncIterator[SqliteEvidenceStore]:
    opened = SqliteEvidenceStore(path=tmp_path / "evidence.db")
    await opened.open()
    yield opened
    await opened.close()


async def test_a_cut_end_is_noticed_by_the_head_that_was_stamped(
    trail: SqliteAuditTrail, evidence: SqliteEvidenceStore
) -> None:
    assert await find_anchor(evidence) is None
    for number in range(3):
        await append(trail, f"{number}")
    await take_in_head(trail, evidence)
    await take_in_head(trail, evidence)
    (leaf,) = await evidence.list_waiting(limit=9)
    anchor = await find_anchor(evidence)
    assert anchor is not None
    assert (anchor.leaf, leaf.subject_id) == (leaf, "3")

    await append(trail, "after the stamp")
    entries = list(await read_entries(trail))
    check_anchor(entries, anchor)
    check_anchor(entries[:3], anchor)
    other = make_entry(entries[1], at=AT, who="operator", action="act", subject="other", detail="")
    for cut in (entries[:2], [*entries[:2], other], []):
        assert check_chain(cut)
        with pytest.raises(RefusedError) as refused:
            check_anchor(cut, anchor)
        assert refused.value.code == "audit.cut"


# --- two people --------------------------------------------------------------------------------


async def ask(approvals: Approvals) -> str:
    """Ask for the act, and take the request's id from the trail."""
    with pytest.raises(RefusedError) as refused:
        await approvals.enter(ACT)
    assert refused.value.code == "approval.needed"
    (request,) = await approvals.list_open()
    return request.request_id


async def refusal(approvals: Approvals, act: Act, approval: str) -> str:
    with pytest.raises(RefusedError) as refused:
        await approvals.enter(act, approval=approval)
    return refused.value.code


async def test_without_policy_one_person_acts_and_leaves_an_entry(trail: SqliteAuditTrail) -> None:
    await person("first", trail, guarded=False).enter(ACT)
    (entry,) = await read_entries(trail)
    assert (entry.who, entry.action, entry.subject) == ("first", "trust compromise", "TH")
    assert "stolen" in entry.detail


async def test_two_people_act_once(trail: SqliteAuditTrail) -> None:
    first, second = person("first", trail), person("second", trail)
    request_id = await ask(first)
    await second.give(request_id)
    await first.enter(ACT, approval=request_id)
    actions = [(each.who, each.action) for each in await read_entries(trail)]
    assert actions == [
        ("first", "approval asked"),
        ("second", "approval given"),
        ("first", "approval used"),
        ("first", "trust compromise"),
    ]
    assert await refusal(first, ACT, request_id) == "approval.used"


async def test_approvals_are_found_without_reading_what_else_was_entered(
    trail: SqliteAuditTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trail of a year has millions of entries, and each page about approvals asks."""
    for number in range(50):
        await append(trail, f"{number}")
    read: list[str] = []
    parse = audit._read  # noqa: SLF001 - counts what is read of the file

    def count(row: tuple[str, ...]) -> AuditEntry:
        read.append(row[3])
        return parse(row)

    first, second = person("first", trail), person("second", trail)
    request_id = await ask(first)
    await second.give(request_id)
    monkeypatch.setattr(audit, "_read", count)
    assert [each.request_id for each in await first.list_open()] == [request_id]
    assert read == ["approval asked", "approval given"]
    later = Approvals(trail=trail, guarded=(), who="first", clock=_Later(), new_id=new_id)
    assert await later.list_open() == []
    assert len(read) == 2
    assert await trail.list_actions({"approval asked"}, since=AT + timedelta(seconds=1)) == []
    plan = await trail._database.read(  # noqa: SLF001 - the same
        lambda file: file.execute(
            f"EXPLAIN QUERY PLAN {audit._LIST_ACTIONS}",  # noqa: SLF001 - the same
            ('["act"]', 0),
        ).fetchall()
    )
    told = " ".join(row[3] for row in plan)
    assert "SEARCH entries USING INDEX entries_by_action (action=? AND at>?)" in told


async def test_a_request_that_is_too_old_is_not_open_and_says_so(trail: SqliteAuditTrail) -> None:
    first = person("first", trail)
    request_id = await ask(first)
    second = Approvals(
        trail=trail, guarded={Guarded.TRUST}, who="second", clock=_Later(), new_id=new_id
    )
    assert await second.list_open() == []
    with pytest.raises(RefusedError) as refused:
        await second.give(request_id)
    assert refused.value.code == "approval.expired"


async def test_nobody_agrees_with_himself(trail: SqliteAuditTrail) -> None:
    first = person("first", trail)
    request_id = await ask(first)
    with pytest.raises(RefusedError) as refused:
        await first.give(request_id)
    assert refused.value.code == "approval.same_person"
    assert await refusal(first, ACT, request_id) == "approval.not_given"
    assert "trust compromise" not in {each.action for each in await read_entries(trail)}


async def test_one_agreement_is_for_one_act_also_at_the_same_moment(
    trail: SqliteAuditTrail,
) -> None:
    first, second = person("first", trail), person("second", trail)
    request_id = await ask(first)
    await second.give(request_id)
    outcomes = await asyncio.gather(
        *(first.enter(ACT, approval=request_id) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] + 4 * ["RefusedError"]


async def test_another_act_than_the_agreed_one_is_refused(trail: SqliteAuditTrail) -> None:
    first, second = person("first", trail), person("second", trail)
    request_id = await ask(first)
    await second.give(request_id)
    other = Act(kind=ACT.kind, action=ACT.action, subject="VN", arguments=ACT.arguments)
    assert await refusal(first, other, request_id) == "approval.other_act"
    assert await refusal(first, ACT, new_id()) == "approval.unknown"
    await first.enter(ACT, approval=request_id)
