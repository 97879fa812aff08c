"""From a national tree to a document's values: what no row takes is a loss.

The tree is walked, and not the table, so nothing in it can be passed over in silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swb_adapters.sdk.building import Unreadable
from swb_adapters.sdk.json_models import reading_loss
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.mapping.shape import TEXT, Tree
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.recognition import quote_value
from swb_schemas.xml.plans import XML_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_adapters.sdk.mapping.conversions import Conversion
    from swb_adapters.sdk.mapping.rows import Fixed
    from swb_adapters.sdk.mapping.writing import Spot

__all__ = ["Read", "Reader", "SharedPlaces", "Taker"]

_NO_PLACE: Final = "a canonical document has no place for it"
_MOST_LOSSES: Final = 5_000
"""What is told of one payload, place by place; further places are counted."""
_CODED: Final = re.compile(r"[+(]")
_ROOT_TEXT: Final = "text()"
"""Where text stands between the elements of the root, which has no path of its own."""


class Read:
    """What one reading has come to.

    Attributes:
        losses: What of the payload is in no document.
        further: How many places more, beyond those that are told one by one.
        consent: Of the exporter; None where the payload is silent.
        faults: (code, national path, message) of what cannot be read at all.
        checks: What is worked out again when the document is whole.
    """

    __slots__ = ("checks", "consent", "faults", "further", "losses", "spell")

    def __init__(self, spell: Callable[[str], str]) -> None:
        self.losses: list[Finding] = []
        self.further = 0
        self.consent: bool | None = None
        self.faults: list[tuple[str, str, str]] = []
        self.checks: list[tuple[Callable[[dict[str, Any]], str], dict[str, Any], str, str]] = []
        self.spell = spell

    def lose(self, path: str, value: object) -> None:
        """Declare that a node is not carried, where it holds anything."""
        if not _holds(value):
            return
        if len(self.losses) < _MOST_LOSSES:
            self.losses.append(reading_loss(self.spell(path) or _ROOT_TEXT, _NO_PLACE))
        else:
            self.further += 1

    def list_losses(self) -> tuple[Finding, ...]:
        """What of the payload is in no document; at the end, how many further places."""
        if not self.further:
            return tuple(self.losses)
        why = f"and {self.further} further places: {_NO_PLACE}"
        return (*self.losses, reading_loss(self.losses[-1].national_path, why))

    def fault(self, code: str, path: str, message: str) -> None:
        """Note what cannot be read."""
        self.faults.append((code, path, message))

    def refuse(self, find_canonical: Callable[[str], str]) -> RefusedError:
        """Make the refusal of all faults."""
        findings = []
        for code, path, message in self.faults[: DEFAULT_LIMITS.findings]:
            where = self.spell(path)
            findings.append(
                Finding(
                    code=code,
                    severity=Severity.REFUSE,
                    path=find_canonical(where),
                    national_path=where,
                    message=message,
                )
            )
        first = findings[0]
        text = f"{len(self.faults)} fault(s), first at {first.national_path}: {first.message}"
        return self.add_strays(RefusedError(first.code, text, findings=tuple(findings)))

    def add_strays(self, refusal: RefusedError) -> RefusedError:
        """Add to a refusal what stands beside a faulty place under a code that no row knows.

        A segment ``NAD+XX`` may be the ``NAD+EX`` that is missing.
        """
        kinds = {kind for each in refusal.findings for kind in _list_kinds(each.national_path)}
        strays = [
            each for each in self.losses if not kinds.isdisjoint(_list_kinds(each.national_path))
        ]
        if not strays:
            return refusal
        findings = (*refusal.findings, *strays)[: DEFAULT_LIMITS.findings]
        return RefusedError(refusal.code, refusal.message, findings=findings)


def _list_kinds(path: str) -> Iterator[str]:
    """List what stands in a path before each code that tells things of one kind apart."""
    return (path[: mark.start()] for mark in _CODED.finditer(path))


def _holds(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds(each) for each in value.values())
    if isinstance(value, list):
        return any(_holds(each) for each in value)
    return bool(value)


class Taker:
    """What becomes of a node's text.

    Attributes:
        spot: Where the value goes; None for text that is only checked.
        conversion: How it is read; None for marks and fixed text.
        language: Of the text, where it is one of several languages.
        yes: Mark of a ticked box.
        no: Mark of one that is not.
        fixed: The only text that may stand there, and what it means.
        derive: Works the text out again from the whole document.
        whole: Whether it takes a list of texts at once.
        consents: Whether its marks are the exporter's consent.
    """

    __slots__ = (
        "consents",
        "conversion",
        "derive",
        "fixed",
        "language",
        "no",
        "spot",
        "whole",
        "yes",
    )

    def __init__(
        self,
        spot: Spot | None = None,
        conversion: Conversion | None = None,
        *,
        language: str = "",
        marks: tuple[str, str] | None = None,
        fixed: Fixed | None = None,
        derive: Callable[[dict[str, Any]], str] | None = None,
        whole: bool = False,
        consents: bool = False,
    ) -> None:
        self.spot = spot
        self.conversion = conversion
        self.language = language
        self.yes: str | None = marks[0] if marks else None
        self.no: str | None = marks[1] if marks else None
        self.fixed = fixed
        self.derive = derive
        self.whole = whole
        self.consents = consents

    def take(self, text: Any, values: dict[str, Any], path: str, out: Read) -> None:  # noqa: ANN401 - text, or whatever the format reads
        """Take a text that is not empty."""
        if self.conversion is not None:
            self._take_value(text, values, path, out)
        elif self.fixed is not None:
            if text != self.fixed.text:
                meaning = f" ({self.fixed.note})" if self.fixed.note else ""
                message = f"expected {self.fixed.text!r}{meaning}, found {quote_value(text)}"
                out.fault("adapter.unsupported", path, message)
        elif self.derive is not None:
            out.checks.append((self.derive, values, text, path))
        elif text in {self.yes, self.no}:
            if self.consents:
                out.consent = text == self.yes
            elif self.spot is not None and text == self.yes:
                self.spot.open(values)
        else:
            message = f"expected {self.yes!r} or {self.no!r}, found {quote_value(text)}"
            out.fault("adapter.value", path, message)

    def _take_value(self, text: Any, values: dict[str, Any], path: str, out: Read) -> None:  # noqa: ANN401 - text, or whatever the format reads
        value = self.convert(text)
        spot = self.spot
        if spot is None:
            if isinstance(value, Unreadable):
                out.fault("adapter.value", path, value.message)
            return
        if self.conversion is not None and self.conversion.leaves is not None:
            left = self.conversion.leaves(text)
            if left:
                out.losses.append(reading_loss(out.spell(path), left))
        if self.language:
            entry = {f"{XML_NAMESPACE}lang": self.language, "Value": value}
            spot.open(values, list).append(entry)
            return
        known = spot.find(values)
        if known is None:
            spot.put(values, value)
        elif known != value:
            message = "expected the same as in the other place that tells it, found another"
            out.fault("adapter.inconsistent", path, message)

    def convert(self, text: Any) -> Any:  # noqa: ANN401 - a value of any type
        """Read a text, or say in place of its value why it cannot be read."""
        if self.conversion is None:
            return text
        try:
            return self.conversion.read(text)
        except RefusedError as refusal:
            found = refusal.findings[0].message if refusal.findings else refusal.message
            return Unreadable(found)


class SharedPlaces(NamedTuple):
    """Places that several elements share.

    Attributes:
        spots: The places, relative to a tree, and their national paths below it.
        ours: Where the elements go.
        read: Texts to values.
    """

    spots: tuple[tuple[Spot, str], ...]
    ours: tuple[Spot, ...]
    read: Callable[[tuple[str, ...]], tuple[Any, ...]]

    def take(self, tree: Tree, values: dict[str, Any], path: str, out: Read) -> None:
        """Read them, where anything stands there."""
        texts = []
        for spot, below in self.spots:
            text = spot.find(tree) or ""
            if not isinstance(text, str):
                where = f"{path}/{below}" if path else below
                out.fault("adapter.schema", where, "expected one text, found something else")
                return
            texts.append(text)
        if not any(texts):
            return
        try:
            found = self.read(tuple(texts))
        except RefusedError as refusal:
            message = refusal.findings[0].message if refusal.findings else refusal.message
            found = (Unreadable(message),)
        for spot, value in zip(self.ours, found, strict=False):
            if value is not None:
                spot.put(values, value)


class Reader:
    """Reads one node.

    Attributes:
        children: By national name.
        takers: What becomes of its text.
        ignored: Whether it is no part of the document, with all that is in it.
        many: Where its entries go, where it repeats in both; None elsewhere.
        scalar: Whether each entry is one value, and no aggregate.
        single: Whether each entry holds one value, and no aggregate.
        holder: The aggregate that is there when the node is; None where it holds none.
        opened: Aggregates that every document, or every entry, has.
        given: (place, value) of what the format means without saying it.
        presumed: (place, holder, value) of what is meant where nothing is said.
        ticks: (mark's place, aggregate, mark, national path below) of boxes to be ticked.
        shared: Places below it that several elements share.
        positions: Where an entry's position stands, unless the payload writes a number.
    """

    __slots__ = (
        "children",
        "given",
        "holder",
        "ignored",
        "many",
        "opened",
        "positions",
        "presumed",
        "scalar",
        "shared",
        "single",
        "takers",
        "ticks",
    )

    def __init__(self) -> None:
        self.children: dict[str, Reader] = {}
        self.takers: list[Taker] = []
        self.ignored = False
        self.many: Spot | None = None
        self.scalar = False
        self.single = False
        self.holder: Spot | None = None
        self.opened: list[Spot] = []
        self.given: list[tuple[Spot, Spot | None, str]] = []
        self.presumed: list[tuple[Spot, Spot | None, str]] = []
        self.ticks: list[tuple[Spot, Spot, str, str]] = []
        self.shared: list[SharedPlaces] = []
        self.positions: list[Spot] = []

    def read(self, node: Any, values: dict[str, Any], path: str, out: Read) -> None:  # noqa: ANN401 - text, a tree or a list
        """Read a node that is there.

        Args:
            node: Text, a tree, or a list of either.
            values: Those of the document, or of the nearest repeated aggregate.
            path: National path of the node.
            out: Takes losses and faults.
        """
        if self.ignored:
            return
        if self.many is not None:
            self._read_entries(node, values, path, out)
        elif isinstance(node, list):
            if self.takers and self.takers[0].whole:
                self._take([text for text in node if isinstance(text, str)], values, path, out)
            else:
                out.fault("adapter.schema", path, f"expected it once, found it {len(node)} times")
        elif isinstance(node, dict):
            self._read_tree(node, values, path, out)
        elif isinstance(node, Unreadable):
            out.fault("adapter.schema", path, node.message)
        elif node:
            self._take(node, values, path, out)
        elif self.holder is not None:
            self.holder.open(values)

    def _take(self, text: Any, values: dict[str, Any], path: str, out: Read) -> None:  # noqa: ANN401 - text, or whatever the format reads
        if isinstance(text, Unreadable):
            out.fault("adapter.schema", path, text.message)
            return
        if not self.takers:
            out.lose(path, text)
        for taker in self.takers:
            taker.take([text] if taker.whole and isinstance(text, str) else text, values, path, out)

    def _read_tree(self, tree: Tree, values: dict[str, Any], path: str, out: Read) -> None:
        if self.holder is not None:
            self.holder.open(values)
        children = self.children
        for name, node in tree.items():
            if name == TEXT:
                if node:
                    self._take(node, values, path, out)
                continue
            where = f"{path}/{name}" if path else name
            child = children.get(name)
            if child is None:
                out.lose(where, node)
            else:
                child.read(node, values, where, out)

    def read_whole(self, tree: Tree, values: dict[str, Any], path: str, out: Read) -> None:
        """Read a tree that is about a document, or about an entry of what repeats."""
        for spot in self.opened:
            spot.open(values)
        self._read_tree(tree, values, path, out)
        for shared in self.shared:
            shared.take(tree, values, path, out)
        for spot, holder, value in self.given:
            if holder is None or holder.find(values) is not None:
                spot.put(values, value)
        for spot, around, value in self.presumed:
            there = around is None or around.find(values) is not None
            if there and spot.find(values) is None:
                spot.put(values, value)
        for mark, aggregate, yes, below in self.ticks:
            if mark.find(tree) != yes and aggregate.find(values) is not None:
                message = f"expected {yes!r} where there are data for it, found no such mark"
                out.fault("adapter.inconsistent", f"{path}/{below}" if path else below, message)

    def _read_entries(self, node: Any, values: dict[str, Any], path: str, out: Read) -> None:  # noqa: ANN401 - text, a tree or a list
        if self.many is None:
            return
        entries = node if isinstance(node, list) else [node]
        into: list[Any] = self.many.open(values, list)
        for position, entry in enumerate(entries, start=1):
            if isinstance(entry, Unreadable):
                out.fault("adapter.schema", f"{path}[{position}]", entry.message)
                continue
            if self.scalar:
                if isinstance(entry, str):
                    into.append(self.takers[0].convert(entry))
                else:
                    where = f"{path}[{position}]"
                    out.fault("adapter.schema", where, "expected text, found something else")
                continue
            value: dict[str, Any] = {}
            where = f"{path}[{position}]"
            self.read_whole(entry if isinstance(entry, dict) else {TEXT: entry}, value, where, out)
            for spot in self.positions:
                if spot.find(value) is None:
                    spot.put(value, position)
            into.append(value.get("Value") if self.single else value)
