"""The comparison of models with their XSD notices every change of either."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import pytest
from lxml import etree
from pydantic import Field, create_model

from swb_schemas.documents.elements import Aggregate, Extension
from tests.shapes import XS, Complex, describe_model, unwrap
from tests.unit.schemas.mirrors import PAIRS, SCHEMAS, UNIQUE, describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@cache
def described(model: type[Aggregate]) -> Complex:
    return describe_model(model)


def files_of(file: str) -> set[str]:
    """A schema file and all that it includes or imports."""
    inner = (each.get("schemaLocation") for each in SCHEMAS[file].iterchildren(etree.Element))
    return {file}.union(*(files_of(each) for each in inner if each))


FILES: Final = {name: files_of(pair.file) for name, pair in PAIRS.items()}


def differs(schemas: Mapping[str, etree._Element], changed: str | None = None) -> bool:
    """Whether the XSD of a document that a changed file is part of differs from its model."""
    for name, pair in PAIRS.items():
        if changed is not None and changed not in FILES[name]:
            continue
        try:
            shape = describe(schemas, name)
        except (AssertionError, KeyError, ValueError):
            return True
        model = described(pair.model)
        if shape.unique != UNIQUE.get(name, ()) or (
            (shape.attributes, shape.text, shape.children, shape.foreign)
            != (model.attributes, model.text, model.children, model.foreign)
        ):
            return True
    return False


FACETS: Final = ("pattern", "enumeration", "maxLength", "maxInclusive")
UNMIRRORED_FILES: Final = ("message-1.xsd", "message-1-envelope.xsd")
"""The outer layer is no document: ``tests/attacks`` and the golden vectors hold it."""


def spoil_schemas() -> Iterator[tuple[str, str, dict[str, etree._Element]]]:
    """Every single change of a kind that matters, each in a copy of all schemas."""
    for file, tree in SCHEMAS.items():
        if file in UNMIRRORED_FILES:
            continue
        for index, node in enumerate(tree.iter(etree.Element)):
            if _is_of_the_wire(node):
                continue
            kind = node.tag.removeprefix(XS)
            name = f"{file}: {kind} {node.get('name') or node.get('ref') or node.get('value')}"
            for change, spoil in _changes(kind, node).items():
                spoiled = copy.deepcopy(tree)
                spoil(list(spoiled.iter(etree.Element))[index])
                yield f"{name}, {change}", file, {**SCHEMAS, file: spoiled}


def _is_of_the_wire(node: etree._Element) -> bool:
    """The element around header, document and signature is no aggregate; vectors hold it."""
    return any(each.get("name") == "SealedDocument" for each in (node, *node.iterancestors()))


def _changes(kind: str, node: etree._Element) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    parent = node.getparent()
    above = "" if parent is None else parent.tag.removeprefix(XS)
    if kind == "element" and above == "sequence":
        changes = {
            "removed": lambda each: each.getparent().remove(each),
            "renamed": lambda each: each.set("name", "Other"),
            "minOccurs": lambda each: each.set(
                "minOccurs", "0" if each.get("minOccurs", "1") == "1" else "1"
            ),
            "maxOccurs": lambda each: each.set(
                "maxOccurs", str(int(each.get("maxOccurs", "1")) + 1)
            ),
            "type": lambda each: each.set("type", "LanguageTag"),
        }
        if node.getnext() is not None:
            changes["moved"] = lambda each: each.getnext().addnext(each)
    if kind in FACETS:
        changes = {
            "removed": lambda each: each.getparent().remove(each),
            "changed": lambda each: each.set("value", each.get("value") + "1"),
        }
    if kind == "attribute" and above != "schema":
        changes = {
            "removed": lambda each: each.getparent().remove(each),
            "optional": lambda each: each.set("use", "optional"),
        }
    if kind in {"attributeGroup", "any", "unique"} and node.get("name") != "DocumentAttributes":
        changes = {"removed": lambda each: each.getparent().remove(each)}
    if kind in {"restriction", "extension"}:
        changes = {"base": lambda each: each.set("base", "xs:token")}
    return changes


def test_notices_every_change_of_a_schema() -> None:
    assert not differs(SCHEMAS)
    unnoticed = [
        name for name, file, schemas in spoil_schemas() if not differs(schemas, changed=file)
    ]
    assert unnoticed == []


def models_within(model: type[Aggregate]) -> dict[str, type[Aggregate]]:
    """A model and all that it is made of, by name."""
    found = {model.__name__: model}
    for info in model.model_fields.values():
        kind = unwrap(info.annotation).kind
        if issubclass(kind, Aggregate):
            found |= models_within(kind)
    return found


MODELS: Final = {
    name: model for pair in PAIRS.values() for name, model in models_within(pair.model).items()
}


Other = Annotated[str, Field(pattern="^other$")]


def spoil_model(model: type[Aggregate]) -> Iterator[tuple[str, type[Aggregate]]]:
    """Every single change of a kind that matters, each in a copy of the model."""
    if issubclass(model, Extension):
        return
    fields: dict[str, tuple[Any, Any]] = {
        name: (info.annotation, copy.deepcopy(info)) for name, info in model.model_fields.items()
    }

    def build(changed: Mapping[str, tuple[Any, Any]]) -> type[Aggregate]:
        # Without a base that has fields, so that a field which was taken away stays away.
        return create_model(model.__name__, __base__=Aggregate, **changed)  # type: ignore[call-overload, no-any-return]  # fields by name

    for place, (name, (kind, info)) in enumerate(fields.items()):
        yield f"{name} removed", build({k: v for k, v in fields.items() if k != name})
        other = "other" if info.alias and not info.alias[0].isupper() else "Other"
        if name != "value":
            yield f"{name} renamed", build({**fields, name: (kind, Field(alias=other))})
        order = list(fields.items())
        tags = [each.alias or key for key, (_, each) in order]
        if (
            place
            and tags[place][0].isupper() == tags[place - 1][0].isupper()
            and ("value" not in fields and tags[place][0].isupper())
        ):
            order[place - 1], order[place] = order[place], order[place - 1]
            yield f"{name} moved", build(dict(order))
        found = unwrap(kind)
        if found.repeated:
            changed = (kind, Field(alias=info.alias, min_length=2, max_length=3))
            yield f"{name} another number", build({**fields, name: changed})
        elif name != "value" and tags[place][0].isupper() and "value" not in fields:
            single = found.kind if found.optional else found.kind | None
            yield f"{name} optional", build({**fields, name: (single, Field(alias=info.alias))})
        if not found.repeated:
            yield f"{name} another type", build({**fields, name: (Other, Field(alias=info.alias))})


@pytest.mark.parametrize("name", MODELS)
def test_notices_every_change_of_a_model(name: str) -> None:
    model = MODELS[name]
    unnoticed = []
    for change, spoiled in spoil_model(model):
        try:
            same = describe_model(spoiled) == describe_model(model)
        except AssertionError:
            same = False
        if same:
            unnoticed.append(change)
    assert unnoticed == []
