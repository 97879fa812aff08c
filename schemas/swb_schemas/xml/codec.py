"""The one canonical serialiser of documents, and its exact inverse.

Both are derived from the models: field order is element order, a field's alias is its element's
name. `encode` writes Exclusive XML Canonicalization 1.0 directly, and ``encode(decode(b)) == b``
holds for every canonical, valid ``b``; `decode` expects an element that the XSD has accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Final, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError

from swb_schemas.documents.elements import Aggregate, Document, Extension
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.xml.parsing import canonical_octets

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["decode", "encode", "encode_element", "findings_of", "format_instant"]

Model = TypeVar("Model", bound=Aggregate)

_XML_NAMESPACE: Final = "{http://www.w3.org/XML/1998/namespace}"

# --- lexical forms -----------------------------------------------------------------------------


def format_instant(value: datetime) -> str:
    """Write an instant in UTC with ``Z``, without trailing zeros of the second."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _format_decimal(value: Decimal) -> str:
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def _format_bool(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"


def _format_as_is(value: object) -> str:
    return str(value)


def _escape_text(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _escape_attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


_FORMATS: Final[tuple[tuple[type, Callable[..., str]], ...]] = (
    (bool, _format_bool),
    (StrEnum, _format_as_is),
    (str, _format_as_is),
    (int, _format_as_is),
    (Decimal, _format_decimal),
    (datetime, format_instant),
    (date, date.isoformat),
)


# --- plans, derived once from each model -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    tag: str
    repeated: bool
    model: type[Aggregate] | None
    write: Callable[..., str]


@dataclass(frozen=True, slots=True)
class _Plan:
    attributes: tuple[_Field, ...]
    children: tuple[_Field, ...]
    text: _Field | None
    raw: bool
    by_tag: dict[str, _Field]


def _strip(annotation: object) -> tuple[object, bool]:
    """Unwrap Annotated, Optional and tuple[..., ...]; tell whether it was a tuple."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _strip(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        (inner,) = (arg for arg in get_args(annotation) if arg is not NoneType)
        return _strip(inner)
    if origin is tuple:
        return _strip(get_args(annotation)[0])[0], True
    return annotation, False


@lru_cache(maxsize=256)
def _plan_of(model: type[Aggregate]) -> _Plan:
    fields: list[_Field] = []
    for name, info in model.model_fields.items():
        kind, repeated = _strip(info.annotation)
        if not isinstance(kind, type):
            message = (
                f"{model.__name__}.{name} has a type that has no place in XML: {kind!r}"
            )
            raise TypeError(message)
        nested = kind if issubclass(kind, Aggregate) else None
        write = next(
            (f for base, f in _FORMATS if issubclass(kind, base)), _format_as_is
        )
        fields.append(_Field(name, info.alias or name, repeated, nested, write))
    text = next((field for field in fields if field.name == "value"), None)
    raw = issubclass(model, Extension)
    if text is not None:
        attributes = tuple(field for field in fields if field is not text)
        children: tuple[_Field, ...] = ()
    else:
        attributes = tuple(f for f in fields if not f.tag[0].isupper())
        children = tuple(f for f in fields if f.tag[0].isupper())
    ordered = tuple(sorted(attributes, key=lambda f: f.tag.startswith("{")))
    return _Plan(ordered, children, text, raw, {f.tag: f for f in children})


# --- encoding ----------------------------------------------------------------------------------


def encode(document: Document) -> bytes:
    """Write a canonical document as its own canonical octets."""
    tag = type(document).__name__
    parts = [f'<{tag} xmlns="{document.namespace}"']
    _write_inside(document, tag, parts)
    return "".join(parts).encode()


def encode_element(aggregate: Aggregate, tag: str) -> bytes:
    """Write an aggregate as a child element, in the namespace that is in force there."""
    parts = [f"<{tag}"]
    _write_inside(aggregate, tag, parts)
    return "".join(parts).encode()


def _write_inside(aggregate: Aggregate, tag: str, parts: list[str]) -> None:
    """Append everything of an element after its name and namespace."""
    plan = _plan_of(type(aggregate))
    for field in plan.attributes:
        value = getattr(aggregate, field.name)
        if value is not None:
            name = field.tag.replace(_XML_NAMESPACE, "xml:")
            parts.append(f' {name}="{_escape_attribute(field.write(value))}"')
    parts.append(">")
    if plan.text is not None:
        parts.append(_escape_text(plan.text.write(getattr(aggregate, plan.text.name))))
    elif plan.raw:
        parts.append(aggregate.element)  # type: ignore[attr-defined]  # raw means Extension
    else:
        for field in plan.children:
            value = getattr(aggregate, field.name)
            if value is None:
                continue
            for each in value if field.repeated else (value,):
                if field.model is None:
                    parts.append(
                        f"<{field.tag}>{_escape_text(field.write(each))}</{field.tag}>"
                    )
                else:
                    parts.append(f"<{field.tag}")
                    _write_inside(each, field.tag, parts)
    parts.append(f"</{tag}>")


# --- decoding ----------------------------------------------------------------------------------


def decode(model: type[Model], element: etree._Element) -> Model:
    """Read an element that its XSD has accepted.

    Raises:
        RefusedError: ``document.invalid``: what XSD cannot state does not hold;
            ``xml.not_canonical``: there is white space or a comment between elements.
    """
    try:
        return model.model_validate(_read_inside(_plan_of(model), element))
    except ValidationError as cause:
        findings = findings_of(cause, root=model.__name__)
        first = f"{findings[0].path}: {findings[0].message}" if findings else str(cause)
        message = f"expected a valid {model.__name__}; {first}"
        raise RefusedError("document.invalid", message, findings=findings) from cause


def _read_inside(plan: _Plan, element: etree._Element) -> dict[str, object]:
    found: dict[str, object] = {
        str(name): str(text) for name, text in element.attrib.items()
    }
    if plan.text is not None:
        found[plan.text.tag] = element.text or ""
        return found
    _refuse_text_between(element)
    if plan.raw:
        found["Element"] = "".join(
            canonical_octets(child).decode() for child in element
        )
        return found
    for child in element:
        name = child.tag.rpartition("}")[2]
        field = plan.by_tag.get(name)
        if field is None:
            found[name] = child.text
            continue
        value = (
            (child.text or "")
            if field.model is None
            else _read_child(field.model, child)
        )
        if field.repeated:
            found.setdefault(name, []).append(value)  # type: ignore[attr-defined]  # a list
        else:
            found[name] = value
    return found


def _refuse_text_between(element: etree._Element) -> None:
    if element.text or any(
        child.tail or not isinstance(child.tag, str) for child in element
    ):
        name = element.tag.rpartition("}")[2]
        message = (
            f"expected nothing between the elements of {name}, found text or a comment"
        )
        raise RefusedError("xml.not_canonical", message)


def _read_child(model: type[Aggregate], element: etree._Element) -> dict[str, object]:
    return _read_inside(_plan_of(model), element)


def findings_of(error: ValidationError, *, root: str) -> tuple[Finding, ...]:
    """Turn pydantic's errors into findings with canonical paths.

    Args:
        error: What the model said.
        root: Name of the document's root element.
    """
    return tuple(
        Finding(
            code="document.invalid",
            severity=Severity.REFUSE,
            path=_path_of(root, fault["loc"]),
            message=fault["msg"].removeprefix("Value error, ")[:300],
        )
        for fault in error.errors(
            include_url=False, include_context=False, include_input=False
        )
    )


def _path_of(root: str, location: tuple[int | str, ...]) -> str:
    path = root
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif step != "value":
            path += f"/{step.replace(_XML_NAMESPACE, '@xml:')}"
    return path
