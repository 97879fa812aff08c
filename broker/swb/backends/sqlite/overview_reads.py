"""What pages ask of an embedded store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from swb.backends.sqlite import overview_statements as sql
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.core.figures import Figure, Grain, Measure
from swb.core.spellings import Sought
from swb.ports import Aged, CountedFigure, Course, Direction, Glance, ParkedKind, Total
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import timedelta

    from swb.ports import FigureFilter, GlanceFilter, PlaceInList

__all__ = [
    "list_ages",
    "list_courses",
    "list_figures",
    "list_glances",
    "list_sums",
    "list_totals",
    "search_documents",
]

_LEADING: Final = json.dumps(LEADING_TYPES)
_EARLIEST: Final = encode_instant(datetime(1, 1, 2, tzinfo=UTC))
_LATEST: Final = encode_instant(datetime(9999, 12, 30, tzinfo=UTC))


def search_documents(
    connection: sqlite3.Connection, reference: str, *, limit: int = 50
) -> Sequence[Glance]:
    """See `Overview.search_documents`."""
    sought = Sought.of(reference)
    if sought is None:
        return []
    parameters = {
        "reference": sought.reference,
        "folded": sought.folded,
        "folded_from": sought.folded_range[0],
        "folded_behind": sought.folded_range[1],
        "id_from": sought.id_range[0],
        "id_behind": sought.id_range[1],
        "leading": _LEADING,
        "limit": limit,
    }
    rows = connection.execute(sql.SEARCH, parameters)
    return [_read_glance(row[:9], row[9], row[10]) for row in rows]


def list_courses(
    connection: sqlite3.Connection, certificate_keys: Sequence[str]
) -> Sequence[Course]:
    """See `Overview.list_courses`."""
    courses = []
    for key in sorted(set(certificate_keys)):
        parameters = {"certificate_key": key, "certificate_types": _LEADING}
        row = connection.execute(sql.FIND_COURSE, parameters).fetchone()
        if row is None:
            continue
        facts = connection.execute(sql.LIST_COURSE_FACTS, (row[0],))
        courses.append(
            Course(
                document_id=row[0],
                certificate_key=row[1],
                message_type=row[2],
                issuing_party=row[3],
                receiving_party=row[4],
                recorded_at=decode_instant(row[5]),
                is_erased=bool(row[6]),
                facts=[(name, revision, decode_instant(at)) for name, revision, at in facts],
            )
        )
    return courses


def list_glances(
    connection: sqlite3.Connection,
    wanted: GlanceFilter,
    *,
    behind: PlaceInList | None = None,
    limit: int = 50,
) -> Sequence[Glance]:
    """See `Overview.list_glances`."""
    before = (_encode(wanted.until, _LATEST), "")
    if behind is not None:
        before = min(before, (encode_instant(behind.recorded_at), behind.document_id))
    kinds = connection.execute(
        sql.LIST_KINDS,
        {
            "direction": wanted.direction,
            "partner": wanted.partner,
            "message_type": wanted.message_type,
            "status": wanted.status,
        },
    )
    lists = [
        connection.execute(
            sql.LIST_OF_KIND,
            {
                "direction": direction,
                "partner": partner,
                "message_type": message_type,
                "status": status,
                "since": _encode(wanted.since, _EARLIEST),
                "before": before[0],
                "before_id": before[1],
                "limit": limit,
            },
        ).fetchall()
        for direction, partner, message_type, status in kinds.fetchall()
    ]
    newest = islice(merge(*lists, reverse=True), limit)
    return [
        _read_glance(
            connection.execute(sql.FIND_GLANCED, (document_id,)).fetchone(), partner, status
        )
        for _, document_id, partner, status in newest
    ]


def list_figures(connection: sqlite3.Connection, wanted: FigureFilter) -> Sequence[CountedFigure]:
    """See `Overview.list_figures`."""
    rows = connection.execute(sql.LIST_FIGURES, _parameters_of(wanted))
    return [_read_figure(row) for row in rows]


def list_sums(connection: sqlite3.Connection, wanted: FigureFilter) -> Sequence[CountedFigure]:
    """See `Overview.list_sums`."""
    rows = connection.execute(sql.LIST_SUMS, _parameters_of(wanted))
    return [_read_figure(row) for row in rows]


def list_totals(connection: sqlite3.Connection, wanted: FigureFilter) -> Sequence[Total]:
    """See `Overview.list_totals`."""
    rows = connection.execute(sql.LIST_TOTALS, _parameters_of(wanted))
    return [
        Total(begins_at=decode_instant(begins_at), direction=direction, code=code, count=count)
        for begins_at, direction, code, count in rows
    ]


def list_ages(
    connection: sqlite3.Connection, now: datetime, ages: Sequence[timedelta]
) -> Sequence[Aged]:
    """See `Overview.list_ages`."""
    moments = json.dumps([encode_instant(now - age) for age in ages])
    return [
        Aged(
            kind=ParkedKind(kind),
            is_parked=bool(is_parked),
            line=line,
            bucket=bucket,
            waiting=waiting,
            oldest_at=None if oldest_at is None else decode_instant(oldest_at),
        )
        for kind, is_parked, line, bucket, waiting, oldest_at in connection.execute(
            sql.LIST_AGES, {"moments": moments}
        )
    ]


def _encode(at: datetime | None, otherwise: int) -> int:
    return otherwise if at is None else encode_instant(at)


def _read_glance(row: tuple[Any, ...], partner: str, status: str) -> Glance:
    return Glance(
        document_id=row[0],
        message_type=row[1],
        certificate_key=row[2],
        conversation_id=row[3],
        issuing_party=row[4],
        receiving_party=row[5],
        environment=row[6],
        direction=Direction(row[7]),
        recorded_at=decode_instant(row[8]),
        partner=partner,
        status=status,
    )


def _parameters_of(wanted: FigureFilter) -> dict[str, object]:
    return {
        "measure": wanted.measure.value,
        "grain": wanted.grain.value,
        "since": _encode(wanted.since, _EARLIEST),
        "until": _encode(wanted.until, _LATEST),
        "direction": wanted.direction,
        "partner": wanted.partner,
        "message_types": json.dumps(list(wanted.message_types)),
        "environment": wanted.environment,
    }


def _read_figure(row: tuple[Any, ...]) -> CountedFigure:
    return CountedFigure(
        figure=Figure(
            measure=Measure(row[0]),
            grain=Grain(row[1]),
            begins_at=decode_instant(row[2]),
            direction=row[3],
            partner=row[4],
            message_type=row[5],
            environment=row[6],
            authority=row[7],
            code=row[8],
        ),
        count=row[9],
    )
