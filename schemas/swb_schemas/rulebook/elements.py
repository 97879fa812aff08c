"""Elements of documents by their paths, such as ``CertificateOfOrigin/Item/TrademarkName``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.xml.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Aggregate

__all__ = ["find_elements", "find_model", "is_element"]

_MODELS: Final = {entry.model.__name__: entry.model for entry in CATALOGUE.values()}


def find_model(path: str) -> type[Document]:
    """Find the document type that a path begins with."""
    return _MODELS[path.partition("/")[0]]


def is_element(path: str) -> bool:
    """Tell whether a path, without positions, names an element of a document type."""
    root, *steps = path.split("/")
    model: type[Aggregate] | None = _MODELS.get(root)
    for step in steps:
        children = plan_of(model).children if model is not None else ()
        child = next((each for each in children if each.tag == step), None)
        if child is None:
            return False
        model = child.model
    return root in _MODELS and bool(steps)


def find_elements(document: Document, path: str) -> Iterator[str]:
    """Find where such an element stands in a document: paths below its root, with positions."""
    yield from _find(document, path.split("/")[1:], "")


def _find(value: Aggregate, steps: Sequence[str], above: str) -> Iterator[str]:
    child = next(each for each in plan_of(type(value)).children if each.tag == steps[0])
    found = getattr(value, child.name)
    below = f"{above}{child.tag}"
    if child.repeated:
        places = [(each, f"{below}[{place}]") for place, each in enumerate(found, 1)]
    else:
        places = [] if found is None else [(found, below)]
    for each, place in places:
        if steps[1:]:
            yield from _find(each, steps[1:], f"{place}/")
        else:
            yield place
