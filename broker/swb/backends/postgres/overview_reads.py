"""What pages ask of a PostgreSQL store: each function is one statement."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from swb.backends.postgres import overview_statements as sql
from swb.core.figures import EVER, Figure, Grain, Measure
from swb.core.spellings import Sought
from swb.ports import Aged, CountedFigure, Course, Direction, Glance, ParkedKind, Total
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from swb.backends.postgres.database import Connection
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

_LEADING: Final = list(LEADING_TYPES)
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)


async def search_documents(
    connection: Connection, reference: str, *, limit: int = 50
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
    cursor = await connection.execute(sql.SEARCH, parameters, binary=True)
    return [_read_glance(row) for row in await cursor.fetchall()]


async def list_courses(connection: Connection, certificate_keys: Sequence[str]) -> Sequence[Course]:
    """See `Overview.list_courses`."""
    parameters = {"keys": sorted(set(certificate_keys)), "certificate_types": _LEADING}
    cursor = await connection.execute(sql.LIST_COURSES, parameters, binary=True)
    found = await cursor.fetchall()
    facts: defaultdict[str, list[tuple[str, int, datetime]]] = defaultdict(list)
    cursor = await connection.execute(
        sql.LIST_COURSE_FACTS, ([row[0] for row in found],), binary=True
    )
    for document_id, name, revision, at in await cursor.fetchall():
        facts[document_id].append((name, revision, at))
    return [
        Course(
            document_id=row[0],
            certificate_key=row[1],
            message_type=row[2],
            issuing_party=row[3],
            receiving_party=row[4],
            recorded_at=row[5],
            is_erased=row[6],
            facts=facts[row[0]],
        )
        for row in found
    ]


async def list_glances(
    connection: Connection,
    wanted: GlanceFilter,
    *,
    behind: PlaceInList | None = None,
    limit: int = 50,
) -> Sequence[Glance]:
    """See `Overview.list_glances`."""
    before = (wanted.until or _LATEST, "")
    if behind is not None:
        before = min(before, (behind.recorded_at, behind.document_id))
    parameters = {
        "ever": EVER,
        "direction": wanted.direction,
        "partner": wanted.partner,
        "message_type": wanted.message_type,
        "status": wanted.status,
        "since": wanted.since or _EARLIEST,
        "before": before[0],
        "before_id": before[1],
        "limit": limit,
    }
    cursor = await connection.execute(sql.LIST_GLANCES, parameters, binary=True)
    return [_read_glance(row) for row in await cursor.fetchall()]


async def list_figures(connection: Connection, wanted: FigureFilter) -> Sequence[CountedFigure]:
    """See `Overview.list_figures`."""
    cursor = await connection.execute(sql.LIST_FIGURES, _parameters_of(wanted), binary=True)
    return [_read_figure(row) for row in await cursor.fetchall()]


async def list_sums(connection: Connection, wanted: FigureFilter) -> Sequence[CountedFigure]:
    """See `Overview.list_sums`."""
    parameters = {**_parameters_of(wanted), "ever": EVER}
    cursor = await connection.execute(sql.LIST_SUMS, parameters, binary=True)
    return [_read_figure(row) for row in await cursor.fetchall()]


async def list_totals(connection: Connection, wanted: FigureFilter) -> Sequence[Total]:
    """See `Overview.list_totals`."""
    cursor = await connection.execute(sql.LIST_TOTALS, _parameters_of(wanted), binary=True)
    return [
        Total(begins_at=begins_at, direction=direction, code=code, count=count)
        for begins_at, direction, code, count in await cursor.fetchall()
    ]


async def list_ages(
    connection: Connection, now: datetime, ages: Sequence[timedelta]
) -> Sequence[Aged]:
    """See `Overview.list_ages`."""
    cursor = await connection.execute(sql.LIST_AGES, {"now": now, "ages": list(ages)})
    return [
        Aged(
            kind=ParkedKind(kind),
            is_parked=is_parked,
            line=line,
            bucket=bucket,
            waiting=waiting,
            oldest_at=oldest_at,
        )
        for kind, is_parked, line, bucket, waiting, oldest_at in await cursor.fetchall()
    ]


def _read_glance(row: tuple[Any, ...]) -> Glance:
    return Glance(
        document_id=row[0],
        message_type=row[1],
        certificate_key=row[2],
        conversation_id=row[3],
        issuing_party=row[4],
        receiving_party=row[5],
        environment=row[6],
        direction=Direction(row[7]),
        recorded_at=row[8],
        partner=row[9],
        status=row[10],
    )


def _parameters_of(wanted: FigureFilter) -> dict[str, object]:
    return {
        "measure": wanted.measure.value,
        "grain": wanted.grain.value,
        "since": wanted.since or _EARLIEST,
        "until": wanted.until or _LATEST,
        "direction": wanted.direction,
        "partner": wanted.partner,
        "message_types": list(wanted.message_types),
        "environment": wanted.environment,
    }


def _read_figure(row: tuple[Any, ...]) -> CountedFigure:
    return CountedFigure(
        figure=Figure(
            measure=Measure(row[0]),
            grain=Grain(row[1]),
            begins_at=row[2],
            direction=row[3],
            partner=row[4],
            message_type=row[5],
            environment=row[6],
            authority=row[7],
            code=row[8],
        ),
        count=row[9],
    )
