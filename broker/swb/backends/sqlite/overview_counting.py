"""What the follower of the feeds does in an embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.sqlite import overview_statements as sql
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
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
    import sqlite3
    from collections.abc import Mapping, Sequence

    from swb.ports import Figure

__all__ = ["commit_facts", "commit_remarks", "find_lag", "read_facts", "read_remarks"]


def read_facts(connection: sqlite3.Connection, *, limit: int = 500) -> FactPage:
    """See `Overview.read_facts`."""
    after = _find_position(connection, OverviewFeed.FACTS)
    new = connection.execute(sql.LIST_NEW_FACTS, (after, limit)).fetchall()
    position = new[-1][0] if new else after
    found = (
        _find_document(connection, document_id, position)
        for document_id in dict.fromkeys(document_id for _, document_id in new)
    )
    documents = [each for each in found if each is not None]
    return FactPage(after=after, position=position, documents=documents)


def _find_document(
    connection: sqlite3.Connection, document_id: str, position: int
) -> CountedDocument | None:
    row = connection.execute(sql.FIND_DOCUMENT, (document_id,)).fetchone()
    if row is None:
        return None
    facts = connection.execute(sql.LIST_FACTS, (document_id, position))
    return CountedDocument(
        document_id=row[0],
        message_type=row[1],
        certificate_key=row[2],
        issuing_party=row[3],
        receiving_party=row[4],
        environment=row[5],
        direction=row[6],
        recorded_at=decode_instant(row[7]),
        facts=[
            CountedFact(
                position=sequence, name=name, at=decode_instant(at), revision=revision, code=code
            )
            for sequence, name, at, revision, code in facts
        ],
    )


def read_remarks(connection: sqlite3.Connection, *, limit: int = 500) -> RemarkPage:
    """See `Overview.read_remarks`."""
    after = _find_position(connection, OverviewFeed.REMARKS)
    rows = connection.execute(sql.LIST_NEW_REMARKS, (after, limit)).fetchall()
    remarks = [
        Remark(
            subject=row[1],
            kind=RemarkKind(row[2]),
            code=row[3],
            at=decode_instant(row[4]),
            direction=row[5],
            partner=row[6],
            message_type=row[7],
            environment=row[8],
        )
        for row in rows
    ]
    return RemarkPage(after=after, position=rows[-1][0] if rows else after, remarks=remarks)


def commit_facts(
    connection: sqlite3.Connection, page: FactPage, changes: Mapping[Figure, int]
) -> bool:
    """See `Overview.commit_facts`."""
    if not _move(connection, OverviewFeed.FACTS, page.after, page.position):
        return False
    _change(connection, changes)
    for document in page.documents:
        if is_shown_at_a_glance(document):
            _put(connection, document)
    return True


def commit_remarks(
    connection: sqlite3.Connection, page: RemarkPage, changes: Mapping[Figure, int]
) -> bool:
    """See `Overview.commit_remarks`."""
    if not _move(connection, OverviewFeed.REMARKS, page.after, page.position):
        return False
    _change(connection, changes)
    return True


def find_lag(connection: sqlite3.Connection) -> Sequence[Lag]:
    """See `Overview.find_lag`."""
    return [
        Lag(feed=OverviewFeed(feed), behind=behind)
        for feed, behind in connection.execute(sql.FIND_LAG)
    ]


def _find_position(connection: sqlite3.Connection, feed: OverviewFeed) -> int:
    row = connection.execute(sql.FIND_POSITION, (feed.value,)).fetchone()
    return 0 if row is None else int(row[0])


def _move(connection: sqlite3.Connection, feed: OverviewFeed, after: int, position: int) -> bool:
    """Move the position of a feed, unless somebody else has moved it since it was read."""
    parameters = {"feed": feed.value, "after": after, "position": position}
    return connection.execute(sql.MOVE, parameters).rowcount == 1


def _change(connection: sqlite3.Connection, changes: Mapping[Figure, int]) -> None:
    connection.executemany(
        sql.ADD_FIGURE, [(*_parameters_of(each), change) for each, change in changes.items()]
    )
    connection.executemany(
        sql.DROP_EMPTY_FIGURE,
        [_parameters_of(figure) for figure, change in changes.items() if change < 0],
    )


def _parameters_of(figure: Figure) -> tuple[object, ...]:
    return (
        figure.measure.value,
        figure.grain.value,
        encode_instant(figure.begins_at),
        figure.partner,
        figure.message_type,
        figure.direction,
        figure.environment,
        figure.authority,
        figure.code,
    )


def _put(connection: sqlite3.Connection, document: CountedDocument) -> None:
    connection.execute(
        sql.PUT_GLANCE,
        (
            document.document_id,
            document.direction,
            document.partner,
            document.message_type,
            find_status(document.facts),
            encode_instant(document.recorded_at),
        ),
    )
    connection.executemany(
        sql.PUT_SPELLING,
        [(folded, document.document_id) for folded in list_spellings(document.certificate_key)],
    )
