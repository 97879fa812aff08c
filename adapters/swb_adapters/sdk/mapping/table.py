"""A mapping table, compiled once: the same rows read, write, find paths and declare losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import build_document, refuse
from swb_adapters.sdk.contract import MessageSupport, Reading
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.losses import Losses
from swb_adapters.sdk.mapping.compiling import compile_rows
from swb_adapters.sdk.mapping.places import PlacedTree, place_reading, place_refusal
from swb_adapters.sdk.mapping.reading import Read
from swb_adapters.sdk.mapping.shape import REPEATED, Tree
from swb_adapters.sdk.mapping.writing import Writer, Written
from swb_adapters.sdk.paths import PathMap
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.errors import RefusedError
from swb_schemas.xml.plans import XML_NAMESPACE, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from swb_adapters.sdk.mapping.rows import AnyRow
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Aggregate
    from swb_schemas.findings import Finding

__all__ = ["Table"]

_ROOT_ATTRIBUTES: Final = ("version", f"{XML_NAMESPACE}lang")


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
        self.spell = spell
        compiled = compile_rows(model, rows, spell)
        self.shape = compiled.shape
        self._writer, self._reader = compiled.writer, compiled.reader
        missing = ", ".join(_list_missing(model, self._writer, model.__name__))
        if missing:
            msg = f"expected a place for what must be there, found none for {missing}"
            raise ValueError(msg)
        self.paths = PathMap(compiled.pairs)
        self.support = MessageSupport(
            message_type=next(e.message_type for e in CATALOGUE.values() if e.model is model),
            model=model,
            loses=tuple(_list_lost(model, self._writer, model.__name__)),
            agreements=agreements,
        )

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


def _list_lost(model: type[Aggregate], writer: Writer, path: str) -> Iterator[str]:
    """List what the table can lose, as patterns."""
    plan = plan_of(model)
    for attribute in plan.attributes:
        if "/" not in path and attribute.tag in _ROOT_ATTRIBUTES:
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
            yield from _list_lost(child.model, below, where)


def _list_missing(model: type[Aggregate], writer: Writer, path: str) -> Iterator[str]:
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
            yield from _list_missing(child.model, below, where)
