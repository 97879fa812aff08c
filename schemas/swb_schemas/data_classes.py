"""The class of each element: whose data it is, as a table (``data_classes.toml``).

A class is a property of the element and the same everywhere; what a state lets out to whom is its
own policy (`swb_schemas.data_policy`).
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from swb_schemas.xml.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_schemas.documents.elements import Aggregate

__all__ = ["DataClass", "find_class", "list_elements"]


class DataClass(StrEnum):
    """Whose data an element is."""

    PUBLIC = "public"
    COMMERCIAL = "commercial"
    PERSONAL = "personal"
    RESTRICTED = "restricted"


@lru_cache(maxsize=1)
def _load() -> Mapping[str, DataClass]:
    text = (files("swb_schemas") / "data_classes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {end: DataClass(name) for name, ends in table.items() for end in ends}


@lru_cache(maxsize=4096)
def find_class(path: str) -> DataClass:
    """Find the class of an element by its path from the root, without positions."""
    table, steps = _load(), path.split("/")
    ends = ("/".join(steps[begin:]) for begin in range(1, len(steps)))
    return next((table[end] for end in ends if end in table), DataClass.RESTRICTED)


def list_elements(model: type[Aggregate], path: str = "") -> Iterator[str]:
    """List the paths of a model's elements that hold data themselves; without positions.

    A value with its unit or currency, and a text with its language, are one element; so is what
    this version does not know (``Extensions``).
    """
    path = path or model.__name__
    plan = plan_of(model)
    if plan.text is not None or path.endswith("/Extensions") or not plan.children:
        yield path
        return
    for child in plan.children:
        below = f"{path}/{child.tag}"
        if child.model is None:
            yield below
        else:
            yield from list_elements(child.model, below)
