"""Every document from every state's format into every other's, and what is lost on the way.

``python -m tests.matrix.walk [COUNT]`` takes COUNT generated documents of each type over every
ordered pair of states, with itself too: a canonical document becomes A's payload, is read, becomes
B's payload, and is read again. What differs must be what A and B declared, element by element, and
what was declared must be gone or less exact. It prints the table and ends with 1 where anything
differs otherwise.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, given, settings

from swb_adapters.sdk import find_differences
from swb_adapters.sdk.testing.strategies import documents_of
from swb_schemas.errors import RefusedError
from tests.matrix.states import MODELS, list_adapters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["Crossing", "generate", "walk_pairs"]

_SHOWN: Final = 20


@dataclass(slots=True)
class Crossing:
    """What became of the documents of one pair.

    Attributes:
        documents: How many went over.
        whole: How many arrived without any loss.
        lost: How many elements were declared lost.
        undeclared: What differs and was not declared, as sentences.
    """

    documents: int = 0
    whole: int = 0
    lost: int = 0
    undeclared: list[str] = field(default_factory=list)


def generate(model: type[Document], count: int) -> list[Document]:
    """Generate the same documents in every run."""
    found: list[Document] = []

    @given(document=documents_of(model))
    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def collect(document: Document) -> None:
        found.append(document)

    collect()
    return (found * (count // len(found) + 1))[:count]


_Carried = tuple["Document", tuple["Finding", ...], list[str]]


def _carry(adapter: Adapter, document: Document) -> _Carried:
    """Take a document through one format.

    Returns:
        What was read again, what was declared lost, and what is wrong.
    """
    rendering = adapter.from_canonical(document)
    after = adapter.to_canonical(rendering.payload).document
    name = adapter.info.name
    wrong = [
        f"{name}: {path} differs and was not declared"
        for path in find_differences(document, after, rendering.losses)
    ]
    for loss in rendering.losses:
        others = [each for each in rendering.losses if each is not loss]
        if not find_differences(document, after, others):
            wrong.append(f"{name}: {loss.path} was declared lost and is there")
    return after, rendering.losses, wrong


def walk_pairs(
    adapters: Mapping[str, Adapter], documents: Sequence[Document]
) -> dict[tuple[str, str], Crossing]:
    """Take documents over every ordered pair of states, with itself too."""
    found = {(a, b): Crossing() for a in adapters for b in adapters}
    for document in documents:
        carried: dict[tuple[str, Document], _Carried] = {}
        for exporting, first in adapters.items():
            exported, losses, wrong = _carry(first, document)
            for importing, second in adapters.items():
                crossing = found[exporting, importing]
                # Most formats hand on the same document; it need not be carried again.
                key = (importing, exported)
                if key not in carried:
                    carried[key] = _carry(second, exported)
                _, more, further = carried[key]
                crossing.documents += 1
                crossing.lost += len(losses) + len(more)
                crossing.whole += not losses and not more
                crossing.undeclared += [*wrong, *further]
    return found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _print_table(model: type[Document], found: Mapping[tuple[str, str], Crossing]) -> None:
    states = sorted({pair[0] for pair in found})
    _say(f"\n{model.__name__}: elements lost, of {next(iter(found.values())).documents} a pair")
    _say("from \\ to " + "".join(f"{state:>6}" for state in states))
    for exporting in states:
        row = "".join(f"{found[exporting, importing].lost:6}" for importing in states)
        _say(f"{exporting:<10}{row}")


def main(count: int) -> int:
    """Walk all pairs with all types; returns the number of undeclared differences."""
    adapters = list_adapters()
    problems: Counter[str] = Counter()
    crossings = 0
    started = time.monotonic()
    for model in MODELS:
        try:
            found = walk_pairs(adapters, generate(model, count))
        except RefusedError as refusal:
            problems[f"{model.__name__}: {refusal}"] += 1
            continue
        _print_table(model, found)
        crossings += sum(each.documents for each in found.values())
        for each in found.values():
            problems.update(each.undeclared)
    seconds = time.monotonic() - started
    _say(f"\n{crossings} crossings of {len(adapters) ** 2} pairs in {seconds:.0f} s")
    for problem, times in problems.most_common(_SHOWN):
        _say(f"{times} x {problem}")
    _say(f"{sum(problems.values())} undeclared difference(s)")
    return sum(problems.values())


if __name__ == "__main__":
    sys.exit(min(1, main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)))
