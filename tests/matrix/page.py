"""``docs/reference/losses.md``: what states cannot tell each other, as their adapters declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.matrix.states import FORMATS, MODELS
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["PAGE", "build_page"]

PAGE: Final = ROOT / "docs" / "reference" / "losses.md"

_HEAD: Final = """\
# What is lost between two states

Every state has a format of its own, and none carries everything that a canonical document can
hold. What a format cannot carry, its adapter declares; a document from state A to state B is
without what A's or B's format cannot carry, and without nothing else. This page is made of what
the adapters declare. `make matrix` takes generated documents of every type over all 121 ordered
pairs of states and compares element by element: what differs must be what was declared, and what
was declared must be gone or less exact.

Extensions are in no national format and are left out below. A document that says what a format has
no spelling for (a text that is too long, a date outside its calendar) is not lost but refused, with
its place ([what an adapter may lose](../adr/adapter-losses.md)).
"""
_KINDS: Final = """
## How many kinds of elements

Rows are the exporting state, columns the importing one; what both formats lose counts once.
"""


def _losses(adapter: Adapter, model: type[Document]) -> set[str] | None:
    """What a format can lose of a type; None where it does not carry it."""
    for each in adapter.info.messages:
        if each.model is model and each.reads and each.writes:
            return {path for path in each.loses if not path.endswith("/Extensions")}
    return None


def _list_formats(adapters: Mapping[str, Adapter]) -> Iterator[str]:
    yield "\n## What each format cannot carry\n"
    for state, name in FORMATS.items():
        yield f"\n### {state}: `{name}`\n\n"
        for model in MODELS:
            found = _losses(adapters[state], model)
            if found is None:
                yield f"* `{model.__name__}`: not carried by this format\n"
            elif found:
                paths = ", ".join(
                    f"`{path.removeprefix(model.__name__ + '/')}`" for path in sorted(found)
                )
                yield f"* `{model.__name__}`: {paths}\n"
        if all(_losses(adapters[state], model) == set() for model in MODELS):
            yield "Nothing.\n"


def _list_pairs(adapters: Mapping[str, Adapter]) -> Iterator[str]:
    yield _KINDS
    for model in MODELS:
        lost = {state: _losses(adapter, model) for state, adapter in adapters.items()}
        yield f"\n`{model.__name__}`\n\n| from \\ to | {' | '.join(lost)} |\n"
        yield f"|---|{'---:|' * len(lost)}\n"
        for exporting, first in lost.items():
            cells = [
                "-" if first is None or second is None else str(len(first | second))
                for second in lost.values()
            ]
            yield f"| {exporting} | {' | '.join(cells)} |\n"


def build_page(adapters: Mapping[str, Adapter]) -> str:
    """The page as the adapters have it."""
    return "".join([_HEAD, *_list_formats(adapters), *_list_pairs(adapters)])
