"""From a document's values to a national tree: what no row takes is a loss.

The document is walked, and not the table, so nothing in it can be passed over in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping.shape import TEXT, Tree
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.xml.plans import XML_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from swb_adapters.sdk.losses import Losses
    from swb_adapters.sdk.mapping.conversions import Conversion

__all__ = ["Place", "Shared", "Spot", "Writer", "Written", "spell_step"]

NO_PLACE: Final = "the format has no place for it"


class Written:
    """What one writing has come to: the losses, and the values that have no spelling."""

    __slots__ = ("losses", "refusals")

    def __init__(self, losses: Losses) -> None:
        self.losses = losses
        self.refusals: list[Finding] = []

    def refuse(self, path: str, refusal: RefusedError) -> None:
        """Keep a refusal until all of them can be reported together."""
        message = refusal.findings[0].message if refusal.findings else refusal.message
        finding = Finding(code=refusal.code, severity=Severity.REFUSE, path=path, message=message)
        self.refusals.append(finding)


class Spot:
    """A place in a tree, relative to the one that a table or a repeated group is about."""

    __slots__ = ("_before", "_last")

    def __init__(self, steps: tuple[str, ...]) -> None:
        self._before = steps[:-1]
        self._last = steps[-1]

    def put(self, tree: Tree, value: Any) -> None:  # noqa: ANN401 - text, a tree or a list
        """Put a value there; text that further nodes stand beside is the node's own."""
        for name in self._before:
            below = tree.get(name)
            if type(below) is not dict:
                below = tree[name] = {} if below is None else {TEXT: below}
            tree = below
        beside = tree.get(self._last)
        if type(beside) is dict and type(value) is str:
            beside[TEXT] = value
        else:
            tree[self._last] = value

    def open(self, tree: Tree, make: Callable[[], Any] = dict) -> Any:  # noqa: ANN401 - what `make` makes
        """Get what stands there, which is made where nothing does."""
        for name in self._before:
            tree = tree.setdefault(name, {})
        return tree.setdefault(self._last, make())

    def put_beside(self, tree: Tree, value: str) -> None:
        """Put a value there, where something else stands beside it."""
        for name in self._before:
            below = tree.get(name)
            if not isinstance(below, dict):
                return
            tree = below
        if tree:
            tree[self._last] = value

    def find(self, tree: Tree) -> Any:  # noqa: ANN401 - text, a tree or a list
        """Find what stands there; None where nothing does."""
        found: Any = tree
        for name in (*self._before, self._last):
            if not isinstance(found, dict):
                return None
            found = found.get(name)
        return found


class Shared(NamedTuple):
    """Elements that share places.

    Attributes:
        keys: Of each element, from the aggregate.
        spots: The places.
        write: Values to texts.
    """

    keys: tuple[tuple[str, ...], ...]
    spots: tuple[Spot, ...]
    write: Callable[[tuple[Any, ...]], tuple[str | None, ...]]

    def put(self, values: Mapping[str, Any], tree: Tree, path: str, out: Written) -> None:
        """Write them, where at least one is there."""
        found = tuple(_find(values, keys) for keys in self.keys)
        if all(value is None for value in found):
            return
        try:
            texts = self.write(found)
        except RefusedError as refusal:
            steps = "/".join(spell_step(name) for name in self.keys[0] if name != "Value")
            out.refuse(f"{path}/{steps}", refusal)
            return
        for spot, text in zip(self.spots, texts, strict=True):
            if text is not None:
                spot.put(tree, text)


def _find(values: Any, keys: tuple[str, ...]) -> Any:  # noqa: ANN401 - a value of any type
    for name in keys:
        values = values.get(name) if isinstance(values, dict) else None
    return values


class Place:
    """Where and how an element is written."""

    __slots__ = ("conversion", "spot")

    def __init__(self, spot: Spot, conversion: Conversion) -> None:
        self.spot = spot
        self.conversion = conversion


def spell_step(name: str) -> str:
    """Spell a key of a dumped document as a step of a canonical path."""
    if name.startswith(XML_NAMESPACE):
        return f"@xml:{name.removeprefix(XML_NAMESPACE)}"
    return f"@{name}" if name[0].islower() else name


class Writer:
    """Writes one aggregate, or one element without further elements.

    Attributes:
        children: By the names in a dumped document.
        places: Where the element itself is written as a whole; the first one is read.
        spares: Where it is written instead when one of those has no room for it.
        languages: Where texts of one language each are written.
        given: The only value that the format means; None where it says values.
        why_lost: Why it has no place; empty where it has one.
        many: Where the entries are, where it repeats in both; None elsewhere.
        most: How many entries there may be; 0 for any number.
        positions: Where an entry's position is written.
        holder: What holds it, which is there even when it is empty; None where nothing does.
        ticks: (place, mark) of ticked boxes.
        crosses: (place, mark) of boxes below it that are not ticked.
        fixed: (place, text) of what always stands there.
        beside: (place, text) of what stands there beside something else.
        derived: (place, function) of what is worked out.
        demanded: (child, reason) of what the format cannot do without.
        shared: Of the elements below it that share places.
        shares: Whether it is one of those, and written with the others.
    """

    __slots__ = (
        "beside",
        "children",
        "crosses",
        "demanded",
        "derived",
        "fixed",
        "given",
        "holder",
        "languages",
        "many",
        "most",
        "places",
        "positions",
        "shared",
        "shares",
        "spares",
        "ticks",
        "why_lost",
    )

    def __init__(self) -> None:
        self.children: dict[str, Writer] = {}
        self.places: list[Place] = []
        self.spares: list[Place] = []
        self.languages: dict[str, Place] = {}
        self.given: str | None = None
        self.why_lost = ""
        self.many: Spot | None = None
        self.most = 0
        self.positions: list[Spot] = []
        self.holder: Spot | None = None
        self.ticks: list[tuple[Spot, str]] = []
        self.crosses: list[tuple[Spot, str]] = []
        self.fixed: list[tuple[Spot, str]] = []
        self.beside: list[tuple[Spot, str]] = []
        self.derived: list[tuple[Spot, Callable[[dict[str, Any]], str]]] = []
        self.demanded: list[tuple[tuple[str, ...], str]] = []
        self.shared: list[Shared] = []
        self.shares = False

    @property
    def all_places(self) -> tuple[Place, ...]:
        """Every place where it may be written."""
        return (*self.places, *self.spares)

    def write(self, value: Any, tree: Tree, path: str, out: Written) -> None:  # noqa: ANN401 - a value of any type
        """Write a value that is there.

        Args:
            value: As a dumped document has it.
            tree: What the table, or the nearest repeated group, is about.
            path: Canonical path of the value.
            out: Takes losses and refusals.
        """
        for spot, mark in self.ticks:
            spot.put(tree, mark)
        if self.many is not None:
            self._write_entries(value, tree, path, out)
        elif self.places:
            self._write_whole(value, tree, path, out)
        elif self.languages:
            self._write_languages(value, tree, path, out)
        elif self.given is not None:
            if str(value) != self.given:
                why = f"the format means {self.given!r} and nothing else, found {str(value)[:35]!r}"
                out.losses.drop(path, why, mandatory=True)
        elif self.why_lost:
            self._lose(value, path, out)
        elif not self.shares:
            self.write_children(value, tree, path, out)

    def write_children(
        self, values: Mapping[str, Any], tree: Tree, path: str, out: Written
    ) -> None:
        """Write an aggregate element by element."""
        if self.holder is not None:
            self.holder.open(tree)
        for spot, text in self.fixed:
            spot.put(tree, text)
        for spot, mark in self.crosses:
            spot.put(tree, mark)
        children = self.children
        for name, value in values.items():
            child = children.get(name)
            if child is None:
                if value not in ((), []):
                    out.losses.drop(f"{path}/{spell_step(name)}", NO_PLACE)
            elif name == "Value":
                child.write(value, tree, path, out)
            else:
                child.write(value, tree, f"{path}/{spell_step(name)}", out)
        self._write_together(values, tree, path, out)

    def _write_together(
        self, values: Mapping[str, Any], tree: Tree, path: str, out: Written
    ) -> None:
        """Write what depends on more than one element."""
        for shared in self.shared:
            shared.put(values, tree, path, out)
        for names, why in self.demanded:
            self._demand(values, names, why, path, out)
        for spot, derive in self.derived:
            spot.put(tree, derive(values))  # type: ignore[arg-type]  # values that a step may ask for
        for spot, text in self.beside:
            spot.put_beside(tree, text)

    def _demand(
        self,
        values: Mapping[str, Any],
        names: tuple[str, ...],
        why: str,
        path: str,
        out: Written,
    ) -> None:
        found = _find(values, names)
        if found is None or found in ((), []):
            steps = "/".join(spell_step(name) for name in names if name != "Value")
            out.losses.lack(f"{path}/{steps}", why)

    def _write_entries(self, entries: Any, tree: Tree, path: str, out: Written) -> None:  # noqa: ANN401 - a value of any type
        if not entries or self.many is None:
            return
        if self.most and len(entries) > self.most:
            message = f"expected at most {self.most}, found {len(entries)}"
            out.refuse(path, refuse("adapter.value", message))
            return
        into: list[Any] = self.many.open(tree, list)
        for position, entry in enumerate(entries, start=1):
            where = f"{path}[{position}]"
            if self.places:
                into.append(self._convert(self.places[0], entry, where, out))
            else:
                node: Tree = {}
                into.append(node)
                for spot in self.positions:
                    spot.put(node, str(position))
                values = entry if isinstance(entry, dict) else {"Value": entry}
                self.write_children(values, node, where, out)

    def _write_whole(self, value: Any, tree: Tree, path: str, out: Written) -> None:  # noqa: ANN401 - a value of any type
        if value in ((), []):
            return
        places = self.places if not self.spares else self._choose(value)
        for place in places:
            text = self._convert(place, value, path, out)
            if text is not None:
                place.spot.put(tree, text)

    def _choose(self, value: Any) -> list[Place]:  # noqa: ANN401 - a value of any type
        """Choose the places themselves where all have room for the value, else the first spare."""
        for places in (self.places, *([spare] for spare in self.spares)):
            try:
                for place in places:
                    place.conversion.write(value)
            except RefusedError:
                continue
            return places
        return self.spares[-1:]

    def _convert(self, place: Place, value: Any, path: str, out: Written) -> Any:  # noqa: ANN401 - values and what is written of them
        conversion = place.conversion
        try:
            text = conversion.write(value)
            if conversion.coarsens and conversion.read(text) != value:
                out.losses.coarsen(path, conversion.coarsens)
        except RefusedError as refusal:
            out.refuse(path, refusal)
            return None
        return text

    def _write_languages(self, texts: Any, tree: Tree, path: str, out: Written) -> None:  # noqa: ANN401 - a value of any type
        taken = set()
        for position, text in enumerate(texts, start=1):
            where = f"{path}[{position}]"
            language = text[f"{XML_NAMESPACE}lang"]
            place = self.languages.get(language)
            if place is None or language in taken:
                known = ", ".join(self.languages)
                why = f"the format has room for one text in {known}, found {language!r}"
                out.losses.drop(where, why)
                continue
            taken.add(language)
            written = self._convert(place, text["Value"], where, out)
            if written is not None:
                place.spot.put(tree, written)

    def _lose(self, value: Any, path: str, out: Written) -> None:  # noqa: ANN401 - a value of any type
        if isinstance(value, list | tuple):
            for position in range(1, len(value) + 1):
                out.losses.drop(f"{path}[{position}]", self.why_lost)
        else:
            out.losses.drop(path, self.why_lost)
