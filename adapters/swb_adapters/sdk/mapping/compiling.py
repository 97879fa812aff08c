"""From the rows of a mapping table to what reads and what writes: done once, when it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.mapping.conversions import BOOLEANS, LINE
from swb_adapters.sdk.mapping.elements import Target, resolve, resolve_value
from swb_adapters.sdk.mapping.reading import Reader, SharedPlaces, Taker
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
from swb_adapters.sdk.mapping.shape import REPEATED, TEXT, Form, Shape, split_path
from swb_adapters.sdk.mapping.writing import Place, Shared, Spot, Writer
from swb_schemas.documents.elements import Aggregate
from swb_schemas.xml.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_schemas.documents import Document

__all__ = ["Compiled", "compile_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What the rows of a table come to.

    Attributes:
        reader: Reads a whole tree.
        writer: Writes a whole document.
        shape: The national side, for the syntax.
        pairs: Canonical and national patterns, the likeliest of an element first.
    """

    reader: Reader
    writer: Writer
    shape: Shape
    pairs: tuple[tuple[str, str], ...]


def compile_rows(
    model: type[Document], rows: tuple[AnyRow, ...], spell: Callable[[str], str]
) -> Compiled:
    """Make what reads and what writes one type of document.

    Args:
        model: Type of the document.
        rows: In the order of the format.
        spell: Turns national patterns into the format's own spelling.

    Raises:
        ValueError: A row names an element that the model has not, or repeats what does not
            repeat; a fault of the developer's.
    """
    compiler = _Compiler(spell)
    here = _Here(model, Writer(), Reader(), Shape(), (), (), model.__name__, "")
    compiler.add_all(rows, here)
    _open_mandatory(here)
    return Compiled(
        reader=here.base,
        writer=here.writer,
        shape=here.shape,
        pairs=(*compiler.pairs, *compiler.further, (model.__name__, spell(""))),
    )


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the compiler stands, on both sides.

    Attributes:
        model: The aggregate that rows are about.
        writer: Its writer.
        base: Reader of the tree that places are relative to.
        shape: That tree's.
        keys: From the values that places are relative to, to the aggregate.
        steps: From the tree, to what holds the aggregate.
        canonical: Pattern of the aggregate.
        national: Pattern of the tree.
    """

    model: type[Aggregate]
    writer: Writer
    base: Reader
    shape: Shape
    keys: tuple[str, ...]
    steps: tuple[str, ...]
    canonical: str
    national: str


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _names(path: str) -> tuple[str, ...]:
    return tuple(name for name, _ in split_path(path))


def _below(
    keys: tuple[str, ...], derive: Callable[[dict[str, Any]], str]
) -> Callable[[dict[str, Any]], str]:
    """Let a function of an aggregate take the values around it."""
    if not keys:
        return derive
    spot = Spot(keys)
    return lambda values: derive(spot.find(values))


class _Compiler:
    """Makes the parts, row by row.

    Args:
        spell: Turns national patterns into the format's own spelling.
    """

    def __init__(self, spell: Callable[[str], str]) -> None:
        self.spell = spell
        self.pairs: list[tuple[str, str]] = []
        self.further: list[tuple[str, str]] = []

    def add_all(  # noqa: C901, PLR0912 - one case for each kind of row
        self, rows: tuple[AnyRow, ...], here: _Here
    ) -> None:
        """Add rows that are about one aggregate."""
        for row in rows:
            match row:
                case Group():
                    self._add_group(row, here)
                case Row():
                    self._add_row(row, here)
                case Texts():
                    self._add_texts(row, here)
                case Tick():
                    self._add_tick(row, here)
                case Given():
                    self._add_given(row, here)
                case Presumed():
                    keys = (*here.keys, *resolve(here.model, row.canonical).keys)
                    around = Spot(keys[:-1]) if keys[:-1] else None
                    here.base.presumed.append((Spot(keys), around, row.value))
                case Position():
                    reader, spot = self._place(here, row.national)
                    reader.ignored = True
                    here.writer.positions.append(spot)
                case Lost():
                    self._reach_writer(here, row.canonical).why_lost = row.why
                case Fixed():
                    reader, spot = self._place(here, row.national)
                    reader.takers.append(Taker(fixed=row))
                    kept = here.writer.beside if row.beside else here.writer.fixed
                    kept.append((spot, row.text))
                case Derived():
                    reader, spot = self._place(here, row.national)
                    reader.ignored = not row.checked
                    reader.takers.append(Taker(derive=_below(here.keys, row.derive)))
                    here.writer.derived.append((spot, row.derive))
                case Composed():
                    self._add_composed(row, here)
                case Consent():
                    reader, _ = self._place(here, row.national)
                    reader.takers.append(Taker(marks=(row.yes, row.no), consents=True))
                    if {row.yes, row.no} == BOOLEANS:
                        self._set_form(here, row.national, Form.BOOLEAN)
                case Ignored():
                    reader, _ = self._place(here, row.national)
                    reader.ignored = row.conversion is None
                    reader.takers.append(Taker(conversion=row.conversion))

    def _place(self, here: _Here, national: str) -> tuple[Reader, Spot]:
        """Get the reader of a place, and the place relative to its tree."""
        here.shape.reach(_join(*here.steps, national))
        reader = here.base
        names = (*here.steps, *_names(national))
        for name in names:
            reader = reader.children.setdefault(name, Reader())
        return reader, Spot(names if national else (*names, TEXT))

    def _set_form(self, here: _Here, national: str, form: Form) -> None:
        here.shape.reach(_join(*here.steps, national)).form = form

    def _reach_writer(self, here: _Here, canonical: str) -> Writer:
        writer = here.writer
        target = resolve(here.model, canonical)
        for key in target.keys:
            writer = writer.children.setdefault(key, Writer())
        return writer

    def _pair(self, here: _Here, canonical: str, national: str, *, further: bool = False) -> None:
        ours = here.canonical if canonical == "." else _join(here.canonical, canonical)
        theirs = _join(here.national, *here.steps, national)
        if ours.count(REPEATED) > theirs.count(REPEATED):
            ours = ours.removesuffix(REPEATED)
        elif ours.count(REPEATED) < theirs.count(REPEATED):
            theirs = theirs.removesuffix(REPEATED)
        pairs = self.further if further else self.pairs
        pairs.append((ours, self.spell(theirs)))

    def _add_row(self, row: Row, here: _Here) -> None:
        keys = resolve_value(here.model, row.canonical)
        if row.conversion is LINE and not resolve(here.model, row.canonical).is_text:
            msg = f"expected a conversion of what is no text, found none for {row.canonical!r}"
            raise ValueError(msg)
        writer = here.writer
        for key in keys:
            writer = writer.children.setdefault(key, Writer())
        reader, spot = self._place(here, row.national)
        both = row.canonical.endswith(REPEATED) and row.national.endswith(REPEATED)
        ours = Spot((*here.keys, *keys))
        self._set_form(here, row.national, row.conversion.form)
        if both:
            writer.many, reader.many = spot, ours
            reader.scalar = True
        if row.spare:
            writer.spares.append(Place(spot, row.conversion))
        elif not row.reads_only:
            writer.places.append(Place(spot, row.conversion))
        whole = row.national.endswith(REPEATED) and not both
        reader.takers.append(Taker(ours, row.conversion, whole=whole))
        if row.counted:
            here.base.positions.append(ours)
        if row.demanded:
            here.writer.demanded.append((keys, row.demanded))
        self._pair(here, row.canonical, row.national, further=row.spare or row.reads_only)

    def _add_composed(self, row: Composed, here: _Here) -> None:
        places = []
        for national in row.national:
            reader, spot = self._place(here, national)
            reader.ignored = True
            places.append((spot, _join(*here.steps, national)))
        keys = tuple(resolve_value(here.model, each) for each in row.canonical)
        for each in keys:
            writer = here.writer
            for key in each:
                writer = writer.children.setdefault(key, Writer())
            writer.shares = True
        here.writer.shared.append(Shared(keys, tuple(spot for spot, _ in places), row.write))
        ours = tuple(Spot((*here.keys, *each)) for each in keys)
        here.base.shared.append(SharedPlaces(tuple(places), ours, row.read))
        for position in range(max(len(row.canonical), len(row.national))):
            canonical = row.canonical[min(position, len(row.canonical) - 1)]
            self._pair(here, canonical, row.national[min(position, len(row.national) - 1)])

    def _add_texts(self, row: Texts, here: _Here) -> None:
        writer = self._reach_writer(here, row.canonical)
        reader, spot = self._place(here, row.national)
        writer.languages[row.language] = Place(spot, row.conversion)
        keys = resolve(here.model, row.canonical).keys
        taker = Taker(Spot((*here.keys, *keys)), row.conversion, language=row.language)
        reader.takers.append(taker)
        self.pairs.append(
            (
                f"{here.canonical}/{row.canonical}[1]",
                self.spell(_join(here.national, *here.steps, row.national)),
            )
        )

    def _add_tick(self, row: Tick, here: _Here) -> None:
        writer = self._reach_writer(here, row.canonical)
        reader, spot = self._place(here, row.national)
        writer.ticks.append((spot, row.yes))
        if {row.yes, row.no} == BOOLEANS:
            self._set_form(here, row.national, Form.BOOLEAN)
        here.writer.crosses.append((spot, row.no))
        ours = Spot((*here.keys, *resolve(here.model, row.canonical).keys))
        reader.takers.append(Taker(ours, marks=(row.yes, row.no)))
        below = _join(*here.steps, row.national)
        here.base.ticks.append((spot, ours, row.yes, below))
        self._pair(here, row.canonical, row.national)

    def _add_given(self, row: Given, here: _Here) -> None:
        self._reach_writer(here, row.canonical).given = row.value
        keys = (*here.keys, *resolve(here.model, row.canonical).keys)
        holder = Spot(keys[:-1]) if keys[:-1] else None
        here.base.given.append((Spot(keys), holder, row.value))

    def _add_group(self, group: Group, here: _Here) -> None:
        target = resolve(here.model, group.canonical)
        if target.model is None and not target.repeated:
            msg = f"expected an aggregate, found {group.canonical!r}"
            raise ValueError(msg)
        if target.repeated != group.canonical.endswith(REPEATED):
            msg = f"expected [*] exactly where the element repeats, found {group.canonical!r}"
            raise ValueError(msg)
        writer = self._reach_writer(here, group.canonical)
        if target.repeated or target.model is None:
            self._add_repeated(group, here, target, writer)
            return
        steps = (*here.steps, *_names(group.national))
        keys = (*here.keys, *target.keys)
        inner = replace(
            here,
            model=target.model,
            writer=writer,
            keys=keys,
            steps=steps,
            canonical=_join(here.canonical, group.canonical),
        )
        if group.national:
            reader, spot = self._place(here, group.national)
            reader.holder = Spot(keys)
            writer.holder = spot
        self.add_all(group.rows, inner)
        if steps:
            self._pair(here, group.canonical, group.national)

    def _add_repeated(self, group: Group, here: _Here, target: Target, writer: Writer) -> None:
        if not group.national.endswith(REPEATED):
            msg = f"expected [*] on both sides, found {group.national!r}"
            raise ValueError(msg)
        reader, spot = self._place(here, group.national)
        writer.many, writer.most = spot, group.most
        reader.many = Spot((*here.keys, *target.keys))
        reader.single = target.model is None
        canonical = _join(here.canonical, group.canonical)
        national = _join(here.national, *here.steps, group.national)
        shape = here.shape.reach(_join(*here.steps, group.national))
        model = target.model or Aggregate
        inner = _Here(model, writer, reader, shape, (), (), canonical, national)
        self.add_all(group.rows, inner)
        if target.model is not None:
            _open_mandatory(inner)
        self.pairs.append((canonical, self.spell(national)))
        around = (canonical.removesuffix(REPEATED), self.spell(national.removesuffix(REPEATED)))
        self.pairs.append(around)


def _open_mandatory(here: _Here) -> None:
    """Note the aggregates that are there in any case, so that faults name what they lack."""

    def walk(model: type[Aggregate], writer: Writer, keys: tuple[str, ...]) -> None:
        for child in plan_of(model).children:
            below = writer.children.get(child.tag)
            required = model.model_fields[child.name].is_required()
            if below is None or child.model is None or child.repeated or not required:
                continue
            if below.children and not below.places:
                here.base.opened.append(Spot((*keys, child.tag)))
                walk(child.model, below, (*keys, child.tag))

    walk(here.model, here.writer, here.keys)
