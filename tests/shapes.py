"""What a document looks like in XML, said twice: by its model and by its XSD.

Both become the same plain values, so that a test can compare them field by field and the
strategies can make values of any model. A construct that is not known here is an error, never
passed over: whoever writes an XSD in a new way has to teach this module first.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Final, Union, get_args, get_origin

from lxml import etree
from pydantic.fields import FieldInfo

from swb_schemas.documents.elements import Aggregate, Extension
from swb_schemas.documents.values import Lexical

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Complex",
    "Element",
    "Simple",
    "describe_model",
    "describe_schema_type",
    "load_schemas",
    "simple_of",
]

XS: Final = "{http://www.w3.org/2001/XMLSchema}"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
UNBOUNDED: Final = -1


@dataclass(frozen=True)
class Simple:
    """A type without attributes and children."""

    base: str
    pattern: str = ""
    enumeration: tuple[str, ...] = ()
    max_length: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Element:
    """A child element: how often it stands and what it is."""

    name: str
    minimum: int
    maximum: int
    type: Simple | Complex


@dataclass(frozen=True)
class Complex:
    """A type with attributes (all of them required), and either text or children."""

    attributes: tuple[tuple[str, Simple], ...]
    text: Simple | None
    children: tuple[Element, ...]
    foreign: bool = False
    unique: tuple[tuple[str, str], ...] = ()


# --- as the model says it ----------------------------------------------------------------------

_BASES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (Decimal, "decimal"),
    (datetime, "dateTime"),
    (date, "date"),
)


def simple_of(kind: type, metadata: tuple[object, ...]) -> Simple:
    """Describe a simple type by its Python type and what `Annotated` says of it."""
    base = next(name for each, name in _BASES if issubclass(kind, each))
    pattern, max_length, maximum = "", None, None
    for each in metadata:
        if isinstance(each, Lexical):
            pattern, maximum = each.pattern, each.maximum
        for constraint in each.metadata if isinstance(each, FieldInfo) else [each]:
            pattern = (getattr(constraint, "pattern", None) or pattern).removeprefix("^")
            pattern = pattern.removesuffix("$")
            max_length = getattr(constraint, "max_length", None) or max_length
    members = tuple(str(each) for each in kind) if issubclass(kind, enum.Enum) else ()
    return Simple(base, pattern, members, max_length, maximum)


@dataclass(frozen=True)
class Unwrapped:
    """A field's type without the layers around it."""

    kind: type
    metadata: tuple[object, ...]
    optional: bool
    repeated: bool


def unwrap(annotation: object, metadata: tuple[object, ...] = ()) -> Unwrapped:
    """Take Annotated, Optional and tuple[..., ...] off."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return unwrap(inner, (*metadata, *more))
    if origin is Union or origin is UnionType:
        (inner,) = (each for each in get_args(annotation) if each is not NoneType)
        found = unwrap(inner)
        return Unwrapped(found.kind, (*metadata, *found.metadata), optional=True, repeated=False)
    if origin is tuple:
        found = unwrap(get_args(annotation)[0])
        return Unwrapped(found.kind, found.metadata, optional=False, repeated=True)
    assert isinstance(annotation, type), annotation
    return Unwrapped(annotation, metadata, optional=False, repeated=False)


def describe_model(model: type[Aggregate]) -> Complex:
    """Describe a model by its fields."""
    attributes: list[tuple[str, Simple]] = []
    children: list[Element] = []
    text: Simple | None = None
    for name, info in model.model_fields.items():
        found = unwrap(info.annotation, tuple(info.metadata))
        tag = info.alias or name
        nested = issubclass(found.kind, Aggregate)
        if name == "value":
            text = simple_of(found.kind, found.metadata)
        elif "value" in model.model_fields or not tag[0].isupper():
            assert not found.optional, f"{model.__name__}.{name}: attributes are required"
            attributes.append((tag, simple_of(found.kind, found.metadata)))
        elif not issubclass(model, Extension):
            least, most = _bounds(info) if found.repeated else (int(not found.optional), 1)
            inner = describe_model(found.kind) if nested else simple_of(found.kind, found.metadata)
            children.append(Element(tag, least, most, inner))
    return Complex(
        tuple(sorted(attributes)), text, tuple(children), foreign=issubclass(model, Extension)
    )


def _bounds(info: FieldInfo) -> tuple[int, int]:
    """How often a repeated field stands, by the length of its tuple."""
    least, most = 0, UNBOUNDED
    for each in info.metadata:
        least = getattr(each, "min_length", None) or least
        most = getattr(each, "max_length", None) or most
    return least, most


# --- as the XSD says it ------------------------------------------------------------------------


def load_schemas() -> dict[str, etree._Element]:
    """Every published schema file by its name."""
    folder = files("swb_schemas.xsd")
    return {
        each.name: etree.fromstring(each.read_bytes())
        for each in folder.iterdir()
        if each.name.endswith(".xsd")
    }


class _Schema:
    """One schema file with what it includes."""

    def __init__(self, schemas: Mapping[str, etree._Element], name: str) -> None:
        self._named: dict[tuple[str, str], etree._Element] = {}
        self._imported: dict[str, etree._Element] = {}
        self._add(schemas, name)

    def _add(self, schemas: Mapping[str, etree._Element], name: str) -> None:
        for node in schemas[name].iterchildren(etree.Element):
            kind = _kind(node)
            if kind == "include":
                self._add(schemas, node.get("schemaLocation", ""))
            elif kind == "import":
                (attribute,) = schemas[node.get("schemaLocation", "")].iterchildren(etree.Element)
                self._imported[XML_LANG] = attribute
            elif kind != "annotation":
                self._named[kind, node.get("name", "")] = node

    def element(self, name: str) -> Complex:
        """Describe a global element."""
        node = self._named["element", name]
        inner, unique = None, []
        for each in _meaningful(node):
            if _kind(each) == "complexType":
                inner = self.complex(each)
            else:
                assert _kind(each) == "unique", each.tag
                selector, field = _meaningful(each)
                unique.append((_local_path(selector), _local_path(field)))
        assert inner is not None
        return Complex(inner.attributes, inner.text, inner.children, inner.foreign, tuple(unique))

    def type(self, name: str) -> Simple | Complex:
        """Describe a named type."""
        if name.startswith("xs:"):
            return Simple(name.removeprefix("xs:"))
        if ("simpleType", name) in self._named:
            return self.simple(self._named["simpleType", name])
        return self.complex(self._named["complexType", name])

    def simple(self, node: etree._Element) -> Simple:
        """Describe a simpleType node: a restriction, facets of its base kept."""
        (restriction,) = _meaningful(node)
        assert _kind(restriction) == "restriction", restriction.tag
        base = self.type(restriction.get("base", ""))
        assert isinstance(base, Simple)
        found = dict(base.__dict__)
        for facet in _meaningful(restriction):
            value = facet.get("value", "")
            match _kind(facet):
                case "pattern":
                    assert not found["pattern"], "one pattern for each type"
                    found["pattern"] = value.replace("\\-", "-").replace("\\n", "\n")
                case "enumeration":
                    found["enumeration"] = (*found["enumeration"], value)
                case "maxLength":
                    found["max_length"] = int(value)
                case "maxInclusive":
                    found["maximum"] = int(value)
                case other:
                    msg = f"facet {other} is not known here"
                    raise AssertionError(msg)
        return Simple(**found)

    def complex(self, node: etree._Element) -> Complex:
        """Describe a complexType node, or an extension within one."""
        attributes: list[tuple[str, Simple]] = []
        text: Simple | None = None
        children: tuple[Element, ...] = ()
        foreign = False
        base = node.get("base")
        if base is not None:
            inherited = self.type(base)
            if isinstance(inherited, Simple):
                text = inherited
            else:
                attributes += inherited.attributes
                children, foreign = inherited.children, inherited.foreign
        for each in _meaningful(node):
            match _kind(each):
                case "sequence":
                    assert not each.attrib, "a sequence stands once"
                    if [_kind(part) for part in _meaningful(each)] == ["any"]:
                        (part,) = each
                        found = {str(key): str(value) for key, value in part.attrib.items()}
                        assert found == {"namespace": "##other", "processContents": "skip"}
                        foreign = True
                    else:
                        children += tuple(self.child(part) for part in _meaningful(each))
                case "attribute":
                    attributes.append(self.attribute(each))
                case "attributeGroup":
                    group = self._named["attributeGroup", each.get("ref", "")]
                    attributes += [self.attribute(part) for part in _meaningful(group)]
                case "simpleContent" | "complexContent":
                    (extension,) = _meaningful(each)
                    assert _kind(extension) == "extension", extension.tag
                    return self.complex(extension)
                case other:
                    msg = f"{other} is not known here"
                    raise AssertionError(msg)
        return Complex(tuple(sorted(attributes)), text, children, foreign)

    def child(self, node: etree._Element) -> Element:
        """Describe an element of a sequence."""
        assert _kind(node) == "element", node.tag
        assert not set(node.attrib) - {"name", "type", "minOccurs", "maxOccurs"}, node.attrib
        return Element(
            node.get("name", ""),
            int(node.get("minOccurs", "1")),
            int(node.get("maxOccurs", "1")),
            self.type(node.get("type", "")),
        )

    def attribute(self, node: etree._Element) -> tuple[str, Simple]:
        """Describe an attribute, its own or that of the XML namespace."""
        assert node.get("use") == "required", "attributes are required"
        assert not set(node.attrib) - {"name", "ref", "type", "use"}, node.attrib
        name = node.get("name") or ""
        if node.get("ref") is not None:
            assert node.get("ref") == "xml:lang"
            name, node = XML_LANG, self._imported[XML_LANG]
        inner = list(_meaningful(node))
        found = self.simple(inner[0]) if inner else self.type(node.get("type", ""))
        assert isinstance(found, Simple)
        return name, found


def describe_schema_type(
    schemas: Mapping[str, etree._Element], file: str, *, element: str = "", type_name: str = ""
) -> Complex:
    """Describe a global element or a named type of a schema file.

    Args:
        schemas: The schema files, see `load_schemas`.
        file: Which of them.
        element: A global element.
        type_name: A named complex type, where it is not an element.
    """
    schema = _Schema(schemas, file)
    found = schema.element(element) if element else schema.type(type_name)
    assert isinstance(found, Complex)
    return found


def _kind(node: etree._Element) -> str:
    assert node.tag.startswith(XS), node.tag
    return node.tag.removeprefix(XS)


def _meaningful(node: etree._Element) -> list[etree._Element]:
    return [each for each in node.iterchildren(etree.Element) if _kind(each) != "annotation"]


def _local_path(node: etree._Element) -> str:
    return re.sub(r"\w+:", "", node.get("xpath", ""))
