"""Elements of a model by their canonical paths, as the rows of a mapping table name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from swb_adapters.sdk.mapping.shape import split_path
from swb_schemas.xml.plans import plan_of

if TYPE_CHECKING:
    from swb_schemas.documents.elements import Aggregate
    from swb_schemas.xml.plans import Child, Leaf

__all__ = ["Target", "resolve", "resolve_value"]


class Target(NamedTuple):
    """An element of a model: the keys that lead to it, and what it is.

    Attributes:
        keys: Of the values, from the aggregate down.
        model: What it is, where it is an aggregate.
        repeated: Whether there may be several.
        is_text: Whether its value is text as it stands, not a date, an instant or a number.
    """

    keys: tuple[str, ...]
    model: type[Aggregate] | None
    repeated: bool
    is_text: bool = True


def resolve(model: type[Aggregate], path: str) -> Target:
    """Find an element by its canonical path below an aggregate.

    Raises:
        ValueError: There is no such element, or it lies in one that repeats.
    """
    if path == ".":
        return Target(("Value",), None, repeated=False)
    keys: list[str] = []
    current: type[Aggregate] | None = model
    repeated = False
    leaf: Leaf | Child | None = None
    for name, _ in split_path(path):
        if current is None or repeated:
            msg = f"expected an element of {model.__name__}, found {path!r}"
            raise ValueError(msg)
        plan = plan_of(current)
        attribute = next((a for a in plan.attributes if f"@{a.spelled}" == name), None)
        child = next((c for c in plan.children if c.tag == name), None)
        if attribute is not None:
            keys.append(attribute.tag)
            current, repeated, leaf = None, False, attribute
        elif child is not None:
            keys.append(child.tag)
            current, repeated = child.model, child.repeated
            leaf = child if current is None else plan_of(current).text
        else:
            msg = f"expected an element of {current.__name__}, found {name!r}"
            raise ValueError(msg)
    is_text = leaf is None or leaf.write is None
    return Target(tuple(keys), current, repeated, is_text)


def resolve_value(model: type[Aggregate], path: str) -> tuple[str, ...]:
    """Find what holds an element's value; that of one with attributes is its text."""
    target = resolve(model, path)
    if target.model is not None and plan_of(target.model).text is not None:
        return (*target.keys, "Value")
    return target.keys
