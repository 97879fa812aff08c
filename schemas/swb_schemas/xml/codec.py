"""The one canonical serialiser of documents, and its exact inverse.

Both are derived from the models, see `plans`. `encode` writes Exclusive XML Canonicalization 1.0
directly, and ``encode(decode(b)) == b`` holds for every canonical, valid ``b``; `decode` expects
an element that the XSD has accepted, of octets that are canonical.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import ValidationError

from swb_schemas.documents.elements import Aggregate, Document
from swb_schemas.documents.values import format_instant, locate_fault
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.foreign import octets_inside
from swb_schemas.xml.plans import XML_NAMESPACE, Reading, plan_of, reading_of

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["decode", "encode", "encode_element", "findings_of", "format_instant"]

Model = TypeVar("Model", bound=Aggregate)

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


def _escape_text(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _escape_attribute(text: str) -> str:
    if "&" in text or "<" in text or '"' in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text


def _write_inside(aggregate: Aggregate, tag: str, parts: list[str]) -> None:
    """Append everything of an element after its name and namespace."""
    plan = plan_of(type(aggregate))
    # A frozen model's fields are its instance dictionary; this is half of the time of getattr.
    values = aggregate.__dict__
    for leaf in plan.attributes:
        value = values[leaf.name]
        if value is not None:
            text = _escape_attribute(value) if leaf.write is None else leaf.write(value)
            parts.append(f' {leaf.spelled}="{text}"')
    parts.append(">")
    if plan.text is not None:
        value = values[plan.text.name]
        parts.append(_escape_text(value) if plan.text.write is None else plan.text.write(value))
    elif plan.foreign:
        parts.append(values["element"])
    else:
        for child in plan.children:
            value = values[child.name]
            if value is None:
                continue
            name = child.tag
            for each in value if child.repeated else (value,):
                if child.model is not None:
                    parts.append(f"<{name}")
                    _write_inside(each, name, parts)
                elif child.write is None:
                    parts.append(f"<{name}>{_escape_text(each)}</{name}>")
                else:
                    parts.append(f"<{name}>{child.write(each)}</{name}>")
    parts.append(f"</{tag}>")


# --- decoding ----------------------------------------------------------------------------------


def decode(model: type[Model], element: etree._Element) -> Model:
    """Read an element that its XSD has accepted.

    Raises:
        RefusedError: ``document.invalid``: what XSD cannot state does not hold;
            ``xml.not_canonical``: an element has a prefix, or there is white space or a comment
            between elements.
    """
    if element.prefix is not None:
        _refuse_between(element)
    namespace = element.tag.rpartition("}")[0][1:]
    try:
        return model.model_validate(_read(reading_of(model, namespace), element))
    except ValidationError as cause:
        findings = findings_of(cause, root=model.__name__)
        first = f"{findings[0].path}: {findings[0].message}" if findings else str(cause)
        message = f"expected a valid {model.__name__}; {first}"
        raise RefusedError("document.invalid", message, findings=findings) from cause


def _read(reading: Reading, element: etree._Element) -> dict[str, Any]:
    """Collect the input of a model by aliases."""
    found: dict[str, Any] = {}
    for name in reading.attributes:
        found[name] = element.get(name)
    if reading.text is not None:
        found[reading.text] = element.text or ""
        return found
    if element.text:
        _refuse_between(element)
    if reading.foreign:
        found["Element"] = octets_inside(element)
        return found
    children = reading.children
    for child in element:
        known = children.get(child.tag)
        if known is None or child.tail or child.prefix is not None:
            _refuse_between(element)
        name, repeated, inner = known
        value = (child.text or "") if inner is None else _read(inner, child)
        if not repeated:
            found[name] = value
        elif name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def _refuse_between(element: etree._Element) -> NoReturn:
    name = element.tag.rpartition("}")[2]
    message = f"expected {name} to hold known elements without prefixes, and nothing between them"
    raise RefusedError("xml.not_canonical", message)


# --- what a model refused ----------------------------------------------------------------------


def findings_of(error: ValidationError, *, root: str) -> tuple[Finding, ...]:
    """Turn pydantic's errors into findings with canonical paths.

    Args:
        error: What the model said.
        root: Name of the document's root element.
    """
    faults = error.errors(include_url=False, include_input=False)
    # A list whose items are all faulty is called too short as well: that says nothing new.
    places = [fault["loc"] for fault in faults]
    return tuple(
        Finding(
            code="document.invalid",
            severity=Severity.REFUSE,
            path=_path_of(root, locate_fault(fault)),
            message=fault["msg"].removeprefix("Value error, ")[:300],
        )
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] != place for place in places)
    )


def _path_of(root: str, location: tuple[int | str, ...]) -> str:
    path = root
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif step[0].islower() or step.startswith(XML_NAMESPACE):
            path += f"/@{step.replace(XML_NAMESPACE, 'xml:')}"
        elif step != "Value":
            path += f"/{step}"
    return path
