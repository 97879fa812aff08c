"""What the follower of the feeds does in a PostgreSQL store."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from swb.backends.postgres import overview_statements as sql
from swb.core.figures import (
    CountedDocument,
    CountedFact,
    Remark,
    RemarkKind,
    find_status,
    is_shown_at_a_glance,
)
from swb.core.spellings import list_spellings
from swb.ports import FactPage, Lag, OverviewFeed, RemarkPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from swb.backends.postgres.database import Connection
    from swb.ports import Figure

__all__ = ["commit_facts", "commit_remarks", "find_lag", "read_facts", "read_remarks"]


async def read_facts(connection: Connection, *, end: int, limit: int) -> FactPage:
    """See `Overview.read_facts`; `end` is as far as the feed can be shown."""
    after = await _find_position(connection, OverviewFeed.FACTS)
    cursor = await connection.execute(sql.LIST_NEW_FACTS, (after, end, limit), binary=True)
    new = await cursor.fetchall()
    if not new:
        return FactPage(after=after, position=after, documents=())
    position = new[-1][0]
    ids = list({document_id for _, document_id in new})
    cursor = await connection.execute(sql.LIST_FACTS, (ids, position), binary=True)
    facts: defaultdict[str, list[CountedFact]] = defaultdict(list)
    for document_id, sequence, name, at, revision, code in await cursor.fetchall():
        facts[document_id].append(
            CountedFact(position=sequence, name=name, at=at, revision=revision, code=code)
        )
    cursor = await connection.execute(sql.LIST_DOCUMENTS, (ids,), binary=True)
    documents = [
        CountedDocument(
            document_id=row[0],
            message_type=row[1],
            certificate_key=row[2],
            issuing_party=row[3],
            receiving_party=row[4],
            environment=row[5],
            direction=row[6],
            recorded_at=row[7],
            facts=facts[row[0]],
        )
        for row in await cursor.fetchall()
    ]
    return FactPage(after=after, position=position, documents=documents)


async def read_remarks(connection: Connection, *, end: int, limit: int) -> RemarkPage:
    """See `Overview.read_remarks`; `end` is as far as the feed can be shown."""
    after = await _find_position(connection, OverviewFeed.REMARKS)
    cursor = await connection.execute(sql.LIST_NEW_REMARKS, (after, end, limit), binary=True)
    rows = await cursor.fetchall()
    remarks = [
        Remark(
            subject=row[1],
            kind=RemarkKind(row[2]),
            code=row[3],
            at=row[4],
            direction=row[5],
            partner=row[6],
            message_type=row[7],
            environment=row[8],
        )
        for row in rows
    ]
    return RemarkPage(after=after, position=rows[-1][0] if rows else after, remarks=remarks)


async def commit_facts(
    connection: Connection, page: FactPage, changes: Mapping[Figure, int]
) -> bool:
    """See `Overview.commit_facts`."""
    if not await _move(connection, OverviewFeed.FACTS, page.after, page.position):
        return False
    await _change(connection, changes)
    await _put(connection, [each for each in page.documents if is_shown_at_a_glance(each)])
    return True


async def commit_remarks(
    connection: Connection, page: RemarkPage, changes: Mapping[Figure, int]
) -> bool:
    """See `Overview.commit_remarks`."""
    if not await _move(connection, OverviewFeed.REMARKS, page.after, page.position):
        return False
    await _change(connection, changes)
    return True


async def find_lag(connection: Connection) -> Sequence[Lag]:
    """See `Overview.find_lag`."""
    cursor = await connection.execute(sql.FIND_LAG)
    return [Lag(feed=OverviewFeed(feed), behind=behind) for feed, behind in await cursor.fetchall()]


async def _find_position(connection: Connection, feed: OverviewFeed) -> int:
    cursor = await connection.execute(sql.FIND_POSITION, (feed.value,))
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def _move(connection: Connection, feed: OverviewFeed, after: int, position: int) -> bool:
    """Move the position of a feed, unless somebody else has moved it since it was read."""
    cursor = await connection.execute(
        sql.MOVE, {"feed": feed.value, "after": after, "position": position}
    )
    return cursor.rowcount == 1


async def _change(connection: Connection, changes: Mapping[Figure, int]) -> None:
    if not changes:
        return
    counts = {"count": list(changes.values())}
    await connection.execute(sql.ADD_FIGURES, _parameters_of(changes) | counts)
    fewer = [figure for figure, change in changes.items() if change < 0]
    if fewer:
        await connection.execute(sql.DROP_EMPTY_FIGURES, _parameters_of(fewer))


def _parameters_of(figures: Iterable[Figure]) -> dict[str, list[object]]:
    listed = list(figures)
    return {
        "measure": [each.measure.value for each in listed],
        "grain": [each.grain.value for each in listed],
        "begins_at": [each.begins_at for each in listed],
        "partner": [each.partner for each in listed],
        "message_type": [each.message_type for each in listed],
        "direction": [each.direction for each in listed],
        "environment": [each.environment for each in listed],
        "authority": [each.authority for each in listed],
        "code": [each.code for each in listed],
    }


async def _put(connection: Connection, documents: Sequence[CountedDocument]) -> None:
    if not documents:
        return
    await connection.execute(
        sql.PUT_GLANCES,
        {
            "document_id": [each.document_id for each in documents],
            "direction": [each.direction for each in documents],
            "partner": [each.partner for each in documents],
            "message_type": [each.message_type for each in documents],
            "status": [find_status(each.facts) for each in documents],
            "recorded_at": [each.recorded_at for each in documents],
        },
    )
    spelled = [
        (folded, each.document_id)
        for each in documents
        for folded in list_spellings(each.certificate_key)
    ]
    await connection.execute(
        sql.PUT_SPELLINGS,
        {
            "folded": [folded for folded, _ in spelled],
            "document_id": [document_id for _, document_id in spelled],
        },
    )
