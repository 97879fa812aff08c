"""The page of a mapping: every row of every table, in words that a reviewer can check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from swb_adapters.sdk.mapping.rows import (
    AnyRow,
    Composed,
    Consent,
    Derived,
    Fixed,
    Given,
    Group,
    Ignored,
    Lost,
    Position,
    Presumed,
    Row,
    Texts,
    Tick,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk.contract import Adapter, MessageSupport
    from swb_adapters.sdk.mapping.table import Table
    from swb_adapters.sdk.paths import PathMap

__all__ = ["Line", "build_page", "list_lines"]

_CONSENT: Final = "the exporter's consent to the exchange; no part of the document"


class Line(NamedTuple):
    """One line of a page.

    Attributes:
        canonical: Path below the document; empty where the place is no part of it.
        national: Path in the format's own spelling; empty where it has no place.
        conversion: How the value is spelled.
        note: What else is to be known.
    """

    canonical: str
    national: str
    conversion: str
    note: str


def list_lines(table: Table) -> Iterator[Line]:
    """List the lines of a table, groups opened, in the order of the format."""
    for line in _list(table.rows, "", ""):
        yield line._replace(national=table.spell(line.national) if line.national else "")


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _list(rows: tuple[AnyRow, ...], canonical: str, national: str) -> Iterator[Line]:
    for row in rows:
        if isinstance(row, Group):
            ours, theirs = _join(canonical, row.canonical), _join(national, row.national)
            if row.note or row.canonical.endswith("[*]"):
                repeats = "each" if row.canonical.endswith("[*]") else ""
                yield Line(ours, theirs, repeats, row.note)
            yield from _list(row.rows, ours, theirs)
        elif isinstance(row, Composed):
            for number, each in enumerate(row.canonical):
                place = row.national[min(number, len(row.national) - 1)]
                yield Line(_join(canonical, each), _join(national, place), row.words, "")
        else:
            yield _describe(row, canonical, national)


_Inward = Fixed | Derived | Position | Ignored | Consent
_Outward = Given | Presumed | Lost
_OneRow = Row | Texts | Tick | _Inward | _Outward


def _describe(row: _OneRow, canonical: str, national: str) -> Line:  # noqa: C901, PLR0911, PLR0912 - one a row
    path = place = ""
    if not isinstance(row, _Inward):
        path = canonical if row.canonical == "." else _join(canonical, row.canonical)
    if not isinstance(row, _Outward):
        place = _join(national, row.national)
    match row:
        case Row():
            return Line(path, place, row.conversion.words, _join_notes(row))
        case Texts():
            words = f"the text in {row.language!r}, {row.conversion.words}"
            return Line(path, place, words, row.note)
        case Tick():
            return Line(path, place, f"{row.yes} where it is there, {row.no} where not", row.note)
        case Fixed():
            return Line("", place, f"always {row.text}", row.note)
        case Derived():
            note = row.note + (", and checked" if row.checked else "")
            return Line("", place, "worked out", note)
        case Given():
            return Line(path, "", f"always {row.value}", row.note)
        case Presumed():
            return Line(path, "", f"{row.value} where nothing is said", row.note)
        case Position():
            return Line("", place, "the position, counted from 1", "not read")
        case Lost():
            return Line(path, "", "lost", row.why)
        case Ignored():
            words = f"checked, not read: {row.conversion.words}" if row.conversion else "not read"
            return Line("", place, words, row.why)
        case Consent():
            return Line("", place, f"{row.yes} or {row.no}", _CONSENT)


def _join_notes(row: Row) -> str:
    notes = [row.note, row.demanded]
    if row.counted:
        notes.append("the position where nothing is written")
    if row.spare:
        notes.append("where there is no room before")
    if row.reads_only:
        notes.append("understood, not written")
    return "; ".join(note for note in notes if note)


def build_page(adapter: Adapter, *, paths: Mapping[str, PathMap] | None = None) -> str:
    """Write the mapping page of an adapter, in Markdown.

    Args:
        adapter: Any; one of tables has conversions and notes, any other one its paths alone.
        paths: Of an adapter without tables: where elements stand, by message type.
    """
    return "\n".join(_write(adapter, paths or {})) + "\n"


def _write(adapter: Adapter, paths: Mapping[str, PathMap]) -> Iterator[str]:
    info = adapter.info
    yield f"# {info.name}"
    yield ""
    yield f"{info.system}. Version {info.version} of the mapping; {info.provenance}"
    yield f"format, {info.media_type}."
    found: Mapping[str, Table] = getattr(adapter, "tables", {})
    tables = {table.support.message_type: (kind, table) for kind, table in found.items()}
    for message in info.messages:
        kind, table = tables.get(message.message_type, ("", None))
        yield ""
        yield f"## {message.message_type}" + (f": {kind}" if kind else "")
        yield ""
        yield from _write_head(message)
        if table is not None:
            lines = list(list_lines(table))
        else:
            known = paths.get(message.message_type)
            lines = [Line(ours, theirs, "", "") for ours, theirs in known.pairs] if known else []
        root = f"{message.model.__name__}/"
        yield ""
        if not lines:
            yield "Where its elements stand is known only with a payload."
            continue
        yield "| canonical | national | conversion | note |"
        yield "|---|---|---|---|"
        for line in lines:
            canonical = line.canonical.removeprefix(root)
            cells = _code(canonical), _code(line.national), _cell(line.conversion), _cell(line.note)
            yield f"| {' | '.join(cells)} |"


def _write_head(message: MessageSupport) -> Iterator[str]:
    does = " and ".join(
        word for word, able in (("read", message.reads), ("written", message.writes)) if able
    )
    under = f", under {', '.join(message.agreements)}" if message.agreements else ""
    yield f"`{message.model.__name__}`, {does}{under}."
    yield ""
    if not message.loses:
        yield "Nothing is lost."
        return
    yield "It may lose, and says so each time:"
    yield ""
    for pattern in message.loses:
        yield f"- `{pattern}`"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
