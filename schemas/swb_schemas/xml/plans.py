"""How a model stands in XML: derived once from its fields, used by the codec for every document.

Field order is element order, and a field's alias is its element's name. An aggregate with a field
``value`` is an element with text whose other fields are attributes; a field whose alias begins
with a small letter, or stands in the XML namespace, is an attribute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin

from swb_schemas.documents.elements import Aggregate, Extension
from swb_schemas.documents.values import format_decimal, format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "XML_NAMESPACE",
    "Child",
    "Leaf",
    "Plan",
    "Reading",
    "plan_of",
    "reading_of",
    "unwrap_type",
]

XML_NAMESPACE: Final = "{http://www.w3.org/XML/1998/namespace}"


def _format_bool(value: object) -> str:
    return "true" if value else "false"


_FORMATS: Final[tuple[tuple[type, Callable[[Any], str] | None], ...]] = (
    (bool, _format_bool),
    (str, None),
    (int, str),
    (Decimal, format_decimal),
    (datetime, format_instant),
    (date, date.isoformat),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An attribute, or the text of an element.

    Attributes:
        name: The field's name in the model.
        tag: Its alias: the attribute's name in Clark notation, or the element's local name.
        spelled: The attribute's name as written.
        write: Value to lexical form; none where the value is its own lexical form and may need
            escaping.
    """

    name: str
    tag: str
    spelled: str
    write: Callable[[Any], str] | None


@dataclass(frozen=True, slots=True)
class Child:
    """A child element.

    Attributes:
        name: The field's name in the model.
        tag: Its local name.
        repeated: Whether the field is a tuple.
        model: What it is, where it is an aggregate.
        write: As of a `Leaf`, where it is none.
    """

    name: str
    tag: str
    repeated: bool
    model: type[Aggregate] | None
    write: Callable[[Any], str] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one model stands in XML.

    Attributes:
        attributes: In the order of canonical XML: without namespace first, then by name.
        children: In element order.
        text: The field that is the element's text, where it has text.
        foreign: Whether it holds an element of a foreign namespace as it is.
    """

    attributes: tuple[Leaf, ...]
    children: tuple[Child, ...]
    text: Leaf | None
    foreign: bool


def unwrap_type(annotation: object) -> tuple[object, bool]:
    """Unwrap Annotated, Optional and tuple[..., ...]; tell whether it was a tuple."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return unwrap_type(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        (inner,) = (arg for arg in get_args(annotation) if arg is not NoneType)
        return unwrap_type(inner)
    if origin is tuple:
        return unwrap_type(get_args(annotation)[0])[0], True
    return annotation, False


@lru_cache(maxsize=256)
def plan_of(model: type[Aggregate]) -> Plan:
    """Derive how a model stands in XML."""
    attributes: list[Leaf] = []
    children: list[Child] = []
    text: Leaf | None = None
    has_text = "value" in model.model_fields
    for name, info in model.model_fields.items():
        kind, repeated = unwrap_type(info.annotation)
        if not isinstance(kind, type):
            message = f"{model.__name__}.{name} has a type that has no place in XML: {kind!r}"
            raise TypeError(message)
        tag = info.alias or name
        nested = kind if issubclass(kind, Aggregate) else None
        write = next((f for base, f in _FORMATS if issubclass(kind, base)), str)
        if name == "value":
            text = Leaf(name, tag, "", write)
        elif has_text or not tag[0].isupper():
            attributes.append(Leaf(name, tag, tag.replace(XML_NAMESPACE, "xml:"), write))
        else:
            children.append(Child(name, tag, repeated, nested, write))
    attributes.sort(key=lambda leaf: (leaf.tag.startswith("{"), leaf.tag))
    return Plan(tuple(attributes), tuple(children), text, issubclass(model, Extension))


@dataclass(frozen=True, slots=True)
class Reading:
    """How elements of one namespace become the input of one model.

    Attributes:
        attributes: Names in Clark notation, which are the model's aliases too.
        children: By qualified name: alias, whether repeated, and how it is read itself where it
            is an aggregate.
        text: Alias of the field that is the element's text.
        foreign: As of a `Plan`.
    """

    attributes: tuple[str, ...]
    children: Mapping[str, tuple[str, bool, Reading | None]]
    text: str | None
    foreign: bool


@lru_cache(maxsize=256)
def reading_of(model: type[Aggregate], namespace: str) -> Reading:
    """Derive how elements of a namespace are read; models do not contain themselves."""
    plan = plan_of(model)
    children = {
        f"{{{namespace}}}{child.tag}": (
            child.tag,
            child.repeated,
            None if child.model is None else reading_of(child.model, namespace),
        )
        for child in plan.children
    }
    attributes = tuple(leaf.tag for leaf in plan.attributes)
    text = None if plan.text is None else plan.text.tag
    return Reading(attributes, children, text, plan.foreign)
