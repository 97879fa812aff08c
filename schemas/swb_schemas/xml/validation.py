"""Validation against an XSD: libxml2 decides, and only when it refuses does xmlschema explain.

libxml2 validates a certificate of 30 items in 0.4 milliseconds, xmlschema in 17; xmlschema names
every fault with path and expectation. A document so large that this would take seconds has only
the places named that libxml2 refused. Schemas come from packages only, never from a location that
a document names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml import etree

from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    import xmlschema

__all__ = ["Schema", "load_schema", "validate_xml"]

_FAULTS_EXPLAINED: Final = 20
_ELEMENTS_EXPLAINED: Final = 10_000
"""What xmlschema walks in a quarter of a second."""
_count_elements: Final = etree.XPath("count(//*)")


class Schema:
    """One compiled XSD file of a package.

    Args:
        package: Dotted name of the package that holds the file.
        name: The file's name; what it includes must lie beside it.
    """

    def __init__(self, package: str, name: str) -> None:
        self.name = name
        self._package = package
        with as_file(files(package)) as folder:
            self._compiled = etree.XMLSchema(etree.parse(folder / name))
        self._explaining: xmlschema.XMLSchema | None = None

    def accepts(self, element: etree._Element) -> bool:
        """Whether the element is valid."""
        return self._compiled.validate(element)

    def explain(self, element: etree._Element) -> tuple[Finding, ...]:
        """Every fault of an invalid element, at most 20, with path and expectation."""
        count = _count_elements(element)
        if isinstance(count, float) and count > _ELEMENTS_EXPLAINED:
            return self._point_at_faults(element)
        if self._explaining is None:
            self._explaining = self._load_explaining()
        found: dict[str, Finding] = {}
        for fault in islice(self._explaining.iter_errors(element), _FAULTS_EXPLAINED):
            finding = self._finding_of(fault, self._explaining)
            found.setdefault(finding.path, finding)  # one value may break several facets
        return tuple(found.values())

    def _point_at_faults(self, element: etree._Element) -> tuple[Finding, ...]:
        """Where libxml2 found faults, at most 20, without an explanation."""
        if self._compiled.validate(element):
            return ()
        tree = element.getroottree()
        found: dict[str, Finding] = {}
        for fault in self._compiled.error_log:  # type: ignore[attr-defined]  # not in its stubs
            # libxml2 spells names with the document's prefixes, which may mean several things.
            where = _PREFIXED.sub(r"*[local-name()='\1']", fault.path or "")
            nodes = tree.xpath(where) if where else []
            path = _path_to(nodes[0]) if isinstance(nodes, list) and nodes else ""
            kind = fault.type_name.removeprefix("SCHEMAV_").lower().replace("_", " ")
            found_there = _KINDS.get(kind, f"a fault ({kind})")
            message = f"expected what {self.name} says, found {found_there}"
            finding = Finding(
                code="xml.schema", severity=Severity.REFUSE, path=path, message=message
            )
            found.setdefault(path, finding)
            if len(found) == _FAULTS_EXPLAINED:
                break
        return tuple(found.values())

    def _finding_of(
        self, fault: xmlschema.XMLSchemaValidationError, schema: xmlschema.XMLSchema
    ) -> Finding:
        reason = " ".join((fault.reason or fault.message).split())
        attribute = _ATTRIBUTE.match(reason)
        expected = _documentation_of(getattr(fault.validator, "parent", None))
        length = _LENGTH.search(reason)
        if length:
            most = "most" if length[1] == "greater" else "least"
            reason = f"expected at {most} {int(length[2]):,} character(s)"
        elif expected:
            reason = f"expected {expected}"
        elif attribute:
            reason = reason[attribute.end() :]
        if _NO_MOMENT.match(reason):
            reason = "expected a day and a time of the day that there are"
        pattern = _PATTERN.search(reason)
        if pattern:
            meant = pattern[1].replace(_ESCAPED, _ESCAPE)
            reason = f"expected what the pattern {meant} describes, found text of another form"
        return Finding(
            code="xml.schema",
            severity=Severity.REFUSE,
            path=_number_repeated(fault.path or "", schema, fault.namespaces)
            + (f"/@{attribute[1]}" if attribute else ""),
            message=_spell_content(_NAMES.sub("", reason))[:300],
        )

    def _load_explaining(self) -> xmlschema.XMLSchema:
        import xmlschema  # noqa: PLC0415 - slow to import, and needed only to explain a refusal

        with as_file(files(self._package)) as folder:
            return xmlschema.XMLSchema(
                str(folder / self.name),
                allow="sandbox",
                defuse="always",
                base_url=str(folder),
            )


@lru_cache(maxsize=64)
def load_schema(name: str, *, package: str = "swb_schemas.xsd") -> Schema:
    """Get a schema, compiled once per process."""
    return Schema(package, name)


def validate_xml(element: etree._Element, schema: str, *, package: str = "swb_schemas.xsd") -> None:
    """Require an element to be valid.

    Args:
        element: Root of what is validated.
        schema: File name of the XSD.
        package: Where the file lies.

    Raises:
        RefusedError: ``xml.schema``, with one finding for each fault.
    """
    compiled = load_schema(schema, package=package)
    if compiled.accepts(element):
        return
    findings = compiled.explain(element)
    where = f"{findings[0].path}: {findings[0].message}" if findings else "it is not"
    message = f"expected an element valid against {schema}, found {len(findings)} fault(s); {where}"
    raise RefusedError("xml.schema", message, findings=findings)


_ATTRIBUTE: Final = re.compile(r"attribute ([\w:.-]+)=(?:'[^']*'|\"[^\"]*\"): ")
_KINDS: Final = {
    "element content": "an element that does not belong there",
    "cvc pattern valid": "a value of another form",
    "cvc enumeration valid": "a value that is not in its list",
    "cvc maxlength valid": "a value that is too long",
    "cvc minlength valid": "a value that is too short",
}
_UNEXPECTED: Final = re.compile(r"^Unexpected child with tag ('.+?') at position \d+\.")
_INCOMPLETE: Final = re.compile(r"^The content of element ('.+?') is not complete\.")
_EXPECTED: Final = re.compile(r" Tag \(?(.+?)\)? expected\.$")
_PREFIXED: Final = re.compile(r"(?<=/)[\w.-]+:([\w.-]+)")
_LENGTH: Final = re.compile(r"^value length cannot be (greater|lesser) than (\d{1,9})$")
_ESCAPE: Final = "\\"
_ESCAPED: Final = _ESCAPE * 2
_PATTERN: Final = re.compile(r"value doesn't match any pattern of \['(.*)'\]$")
_NO_MOMENT: Final = re.compile(r"(day|month|hour|minute|second) (is out of range|must be in)")
"""What Python says of 30 February."""
_NAMES: Final = re.compile(r"\{[^}\d,][^}]*\}|(?<=')[A-Za-z][\w.-]*:(?=[A-Za-z])")


def _spell_content(reason: str) -> str:
    """Say of elements what was expected and what was found; other sentences stay as they are."""
    unexpected, incomplete = _UNEXPECTED.search(reason), _INCOMPLETE.search(reason)
    if not unexpected and not incomplete:
        return reason
    tags = _EXPECTED.search(reason)
    expected = tags[1].replace(" | ", " or ") if tags else "another element or none"
    found = unexpected[1] if unexpected else "the end"
    return f"expected {expected}, found {found}"


def _documentation_of(validator: object) -> str:
    """What the XSD says first of the simple type whose facet refused; it completes "expected ...".

    Only an article is made small: a code's letters are what is to be written.
    """
    from xmlschema import XsdType  # noqa: PLC0415 - as above

    if not isinstance(validator, XsdType) or not validator.is_simple():
        return ""
    if validator.annotation is None:
        return ""
    words = (" ".join(each.itertext()) for each in validator.annotation.documentation)
    text = " ".join(" ".join(words).split()).partition(". ")[0].removesuffix(".")
    return f"a{text[1:]}" if text.startswith("A ") else text


_STEP: Final = re.compile(r"/((?:\{[^}]*\}|[\w.-]+:)?)([^/\[]+)(\[\d+\])?")


def _number_repeated(
    path: str, schema: xmlschema.XMLSchema, namespaces: MutableMapping[str, str] | None
) -> str:
    """Turn ``/p:Root/{ns}Item`` into ``Root/Item[1]``: a number wherever there may be several."""
    steps, above = [], ""
    for space, name, number in _STEP.findall(path):
        above += f"/{space}{name}"
        several = getattr(schema.find(above, namespaces), "max_occurs", 1) != 1
        steps.append(f"{name}{number or '[1]'}" if number or several else name)
    return "/".join(steps)


def _path_to(node: object) -> str:
    """Names from the root to an element, with a number wherever there are several."""
    steps: list[str] = []
    while isinstance(node, etree._Element):  # noqa: SLF001 - lxml's public class has this name
        before = sum(1 for _ in node.itersiblings(node.tag, preceding=True))
        several = before or next(node.itersiblings(node.tag), None) is not None
        name = etree.QName(node).localname
        steps.append(f"{name}[{before + 1}]" if several else name)
        node = node.getparent()
    return "/".join(reversed(steps))
