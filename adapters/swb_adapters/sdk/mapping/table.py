"""A mapping table, compiled once: the same rows read, write, find paths and declare losses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from swb_adapters.sdk.building import build_document, refuse
from swb_adapters.sdk.contract import MessageSupport, Reading
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.losses import Losses
from swb_adapters.sdk.mapping.conversions import BOOLEANS
from swb_adapters.sdk.mapping.places import PlacedTree, place_reading, place_refusal
from swb_adapters.sdk.mapping.reading import Read, Reader, SharedPlaces, Taker
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
from swb_adapters.sdk.mapping.shape import REPEATED, TEXT, Form, Shape, Tree, split_path
from swb_adapters.sdk.mapping.writing import Place, Shared, Spot, Writer, Written
from swb_adapters.sdk.paths import PathMap
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.documents.elements import Aggregate
from swb_schemas.errors import RefusedError
from swb_schemas.xml.plans import XML_NAMESPACE, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["Table"]

_ROOT_ATTRIBUTES = ("version", f"{XML_NAMESPACE}lang")


class _Target(NamedTuple):
    """An element of a model: the keys that lead to it, and what it is."""

    keys: tuple[str, ...]
    model: type[Aggregate] | None
    repeated: bool


def _resolve(model: type[Aggregate], path: str) -> _Target:
    """Find an element by its canonical path below an aggregate.

    Raises:
        ValueError: There is no such element, or it lies in one that repeats.
    """
    if path == ".":
        return _Target(("Value",), None, repeated=False)
    keys: list[str] = []
    current: type[Aggregate] | None = model
    repeated = False
    for name, _ in split_path(path):
        if current is None or repeated:
            msg = f"expected an element of {model.__name__}, found {path!r}"
            raise ValueError(msg)
        plan = plan_of(current)
        attribute = next((a for a in plan.attributes if f"@{a.spelled}" == name), None)
        child = next((c for c in plan.children if c.tag == name), None)
        if attribute is not None:
            keys.append(attribute.tag)
            current, repeated = None, False
        elif child is not None:
            keys.append(child.tag)
            current, repeated = child.model, child.repeated
        else:
            msg = f"expected an element of {current.__name__}, found {name!r}"
            raise ValueError(msg)
    return _Target(tuple(keys), current, repeated)


def _resolve_value(model: type[Aggregate], path: str) -> tuple[str, ...]:
    """Find what holds an element's value; that of one with attributes is its text."""
    target = _resolve(model, path)
    if target.model is not None and plan_of(target.model).text is not None:
        return (*target.keys, "Value")
    return target.keys


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


class Table:
    """How one type of document stands in one national format.

    Args:
        model: Type of the document.
        rows: In the order of the format.
        spell: Turns national patterns, which are spelled like canonical ones, into the format's
            own spelling.
        agreements: Whose certificates it takes, both ways; empty where that does not matter.

    Attributes:
        rows: As given.
        spell: As given.
        shape: The national side, for the syntax.
        paths: Where the document's elements stand.
        support: What the table can do, with all that it can lose.

    Raises:
        ValueError: A row names an element that the model has not, or no row carries one that must
            be there; a fault of the developer's.
    """

    def __init__(
        self,
        model: type[Document],
        *rows: AnyRow,
        spell: Callable[[str], str] = str,
        agreements: tuple[str, ...] = (),
    ) -> None:
        self.model = model
        self.rows = rows
        self.shape = Shape()
        self.spell = spell
        self._writer = Writer()
        self._reader = Reader()
        self._pairs: list[tuple[str, str]] = []
        self._further: list[tuple[str, str]] = []
        here = _Here(model, self._writer, self._reader, self.shape, (), (), model.__name__, "")
        self._add_all(rows, here)
        self._open_mandatory(here)
        self._pairs += [*self._further, (model.__name__, spell(""))]
        missing = ", ".join(self._list_missing(model, self._writer, model.__name__))
        if missing:
            msg = f"expected a place for what must be there, found none for {missing}"
            raise ValueError(msg)
        self.paths = PathMap(self._pairs)
        self.support = MessageSupport(
            message_type=next(e.message_type for e in CATALOGUE.values() if e.model is model),
            model=model,
            loses=tuple(self._list_lost(model, self._writer, model.__name__)),
            agreements=agreements,
        )

    # --- use ---------------------------------------------------------------------------------

    def read(self, tree: Tree) -> Reading:
        """Read a tree that a syntax has made of a payload.

        Raises:
            RefusedError: ``adapter.schema``, ``adapter.unsupported``, ``adapter.value``,
                ``adapter.inconsistent``; every finding names both places.
        """
        if not isinstance(tree, PlacedTree):
            return self._read(tree)
        try:
            return place_reading(self._read(tree), tree)
        except RefusedError as refusal:
            raise place_refusal(refusal, tree) from refusal

    def _read(self, tree: Tree) -> Reading:
        values: dict[str, Any] = {}
        out = Read(self.spell)
        self._reader.read_whole(tree, values, "", out)
        if out.faults:
            raise out.refuse(self.paths.find_canonical)
        self._check_agreement(values)
        try:
            document = build_document(self.model, values, paths=self.paths)
        except RefusedError as refusal:
            raise out.add_strays(refusal) from refusal
        for derive, about, text, path in out.checks:
            expected = derive(about)
            if text != expected:
                out.fault("adapter.inconsistent", path, f"expected {expected}, found {text[:35]!r}")
        if out.faults:
            raise out.refuse(self.paths.find_canonical)
        return Reading(
            message_type=self.support.message_type,
            document=document,
            findings=out.list_losses(),
            paths=self.paths,
            consent=out.consent,
        )

    def _check_agreement(self, values: Mapping[str, Any]) -> None:
        """Refuse a certificate under an agreement that the table does not say it takes."""
        agreement, known = values.get("Agreement"), self.support.agreements
        # What could not be read is told with all other values.
        if not known or not isinstance(agreement, str) or agreement in known:
            return
        path = f"{self.model.__name__}/Agreement"
        text = f"expected a certificate under {' or '.join(known)}, found {agreement!r:.40}"
        national_path = self.paths.find_national(path)
        raise refuse("adapter.unsupported", text, path=path, national_path=national_path)

    def write(self, document: Document) -> tuple[Tree, tuple[Finding, ...]]:
        """Write a document as a tree, and tell what is lost.

        Raises:
            RefusedError: ``adapter.value``: values that the format has no spelling for;
                ``adapter.mandatory_loss``.
        """
        losses = Losses(self.model)
        values = document.model_dump(by_alias=True, exclude_none=True)
        if "version" not in self._writer.children:
            losses.require_version(document)
            del values["version"]
        if f"{XML_NAMESPACE}lang" not in self._writer.children:
            losses.require_language(document)
            del values[f"{XML_NAMESPACE}lang"]
        if "Extensions" not in self._writer.children:
            losses.drop_extensions(getattr(document, "extensions", None))
            values.pop("Extensions", None)
        out = Written(losses)
        tree: Tree = {}
        self._writer.write_children(values, tree, self.model.__name__, out)
        if out.refusals:
            first = out.refusals[0]
            text = f"{len(out.refusals)} fault(s), first at {first.path}: {first.message}"
            findings = tuple(out.refusals[: DEFAULT_LIMITS.findings])
            raise RefusedError(first.code, text, findings=findings)
        return tree, losses.declare()

    # --- compilation -------------------------------------------------------------------------

    def _add_all(  # noqa: C901, PLR0912 - one case for each kind of row
        self, rows: tuple[AnyRow, ...], here: _Here
    ) -> None:
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
                    keys = (*here.keys, *_resolve(here.model, row.canonical).keys)
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
        target = _resolve(here.model, canonical)
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
        pairs = self._further if further else self._pairs
        pairs.append((ours, self.spell(theirs)))

    def _add_row(self, row: Row, here: _Here) -> None:
        keys = _resolve_value(here.model, row.canonical)
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
        keys = tuple(_resolve_value(here.model, each) for each in row.canonical)
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
        keys = _resolve(here.model, row.canonical).keys
        taker = Taker(Spot((*here.keys, *keys)), row.conversion, language=row.language)
        reader.takers.append(taker)
        self._pairs.append(
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
        ours = Spot((*here.keys, *_resolve(here.model, row.canonical).keys))
        reader.takers.append(Taker(ours, marks=(row.yes, row.no)))
        below = _join(*here.steps, row.national)
        here.base.ticks.append((spot, ours, row.yes, below))
        self._pair(here, row.canonical, row.national)

    def _add_given(self, row: Given, here: _Here) -> None:
        self._reach_writer(here, row.canonical).given = row.value
        keys = (*here.keys, *_resolve(here.model, row.canonical).keys)
        holder = Spot(keys[:-1]) if keys[:-1] else None
        here.base.given.append((Spot(keys), holder, row.value))

    def _add_group(self, group: Group, here: _Here) -> None:
        target = _resolve(here.model, group.canonical)
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
        self._add_all(group.rows, inner)
        if steps:
            self._pair(here, group.canonical, group.national)

    def _add_repeated(self, group: Group, here: _Here, target: _Target, writer: Writer) -> None:
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
        self._add_all(group.rows, inner)
        if target.model is not None:
            self._open_mandatory(inner)
        self._pairs.append((canonical, self.spell(national)))
        around = (canonical.removesuffix(REPEATED), self.spell(national.removesuffix(REPEATED)))
        self._pairs.append(around)

    def _open_mandatory(self, here: _Here) -> None:
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

    def _list_lost(self, model: type[Aggregate], writer: Writer, path: str) -> Iterator[str]:
        """List what the table can lose, as patterns."""
        plan = plan_of(model)
        for attribute in plan.attributes:
            if model is self.model and attribute.tag in _ROOT_ATTRIBUTES:
                continue
            if attribute.tag not in writer.children:
                yield f"{path}/@{attribute.spelled}"
        for child in plan.children:
            below = writer.children.get(child.tag)
            where = f"{path}/{child.tag}{REPEATED if child.repeated else ''}"
            if below is None or below.why_lost:
                pattern = f"{path}/{child.tag}" if child.tag == "Extensions" else where
                yield pattern
            elif below.languages or any(place.conversion.coarsens for place in below.all_places):
                yield where
            elif child.model is not None and not below.places and below.given is None:
                yield from self._list_lost(child.model, below, where)

    def _list_missing(self, model: type[Aggregate], writer: Writer, path: str) -> Iterator[str]:
        """List what such an aggregate must have and no row carries: nothing could be read."""
        plan = plan_of(model)
        for attribute in plan.attributes:
            needed = model.model_fields[attribute.name].is_required()
            if needed and attribute.tag not in writer.children:
                yield f"{path}/@{attribute.spelled}"
        for child in plan.children:
            below = writer.children.get(child.tag)
            where = f"{path}/{child.tag}{REPEATED if child.repeated else ''}"
            if below is None or below.why_lost:
                if model.model_fields[child.name].is_required():
                    yield where
            elif child.model is not None and below.children and not below.places:
                yield from self._list_missing(child.model, below, where)
