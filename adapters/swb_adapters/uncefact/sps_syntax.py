"""The JSON of an SPSCertificate, as a tree that a table can name.

* A member that is an array of at most one entry, and one value to us, has a ``+`` behind its name.
* What the standard has room for once and a certificate says several times stands once in the
  standard's member, and further on under the same name in ``x-swb``.
* An instant that is only known to the day stands there as midnight UTC, and exactly in ``x-swb``.
* Lines of goods are one list, each with the number and the cargo of its consignment item.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any, Final

from swb_adapters.sdk.building import Unreadable
from swb_adapters.sdk.json import encode_json
from swb_adapters.sdk.mapping import Shape, Tree
from swb_adapters.uncefact.sps_values import approximate

__all__ = ["MORE", "read_sps", "spell_sps", "write_sps"]

MORE: Final = "x-swb"
_ONE: Final = "+"
_ONCE: Final = ("description", "commonName", "scientificName", "intendedUse", "className")
_TIMES: Final = ("issueDateTime", "actualDateTime", "startDateTime", "endDateTime")
_LINES: Final = ("lineOne", "lineTwo", "lineThree", "lineFour", "lineFive")
_PACKAGES: Final = "physicalReferencedLogisticsPackage"
_GOODS: Final = "includedTradeLineItem"
_ITEMS: Final = "includedConsignmentItem"
_CARGO: Final = re.compile(r"[0-79]")
_UNKNOWN: Final = Shape()


def spell_sps(path: str) -> str:
    """Spell a pattern of the table as JSON has it; lines count through all consignment items."""
    return path.replace(_ONE, "[1]").replace("/", ".").replace(f".{_GOODS}", f".{_ITEMS}.{_GOODS}")


# --- reading -----------------------------------------------------------------------------------


def read_sps(value: dict[str, Any], shape: Shape) -> Tree:
    """Make a tree of a parsed payload."""
    if isinstance(value.get("specifiedConsignment"), list):
        consignments = [_flatten(each) for each in value["specifiedConsignment"]]
        value = {**value, "specifiedConsignment": consignments}
    node = _read(value, shape)
    return node if isinstance(node, dict) else {}


def _read(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return _read_object(value, shape)
    if isinstance(value, list):
        return [
            Unreadable("expected no array in an array")
            if isinstance(each, list)
            else _read(each, shape)
            for each in value
        ]
    if isinstance(value, str):
        return value
    if shape is _UNKNOWN:
        return "" if value is None else str(value)
    return Unreadable("expected text or an object, found something else")


def _read_object(value: dict[str, Any], shape: Shape) -> Tree:
    node: Tree = {}
    for name, below in _merge(value).items():
        one = shape.children.get(f"{name}{_ONE}")
        if one is None:
            node[name] = _read(below, shape.children.get(name, _UNKNOWN))
        elif not isinstance(below, list):
            node[f"{name}{_ONE}"] = Unreadable("expected an array")
        elif len(below) > 1:
            node[f"{name}{_ONE}"] = Unreadable(f"expected one entry, found {len(below)}")
        elif below:
            node[f"{name}{_ONE}"] = _read(below[0], one)
    return node


def _merge(value: dict[str, Any]) -> dict[str, Any]:
    """Bring together what stands in the standard's members and in ours."""
    if all(isinstance(value.get(name), dict) for name in _LINES if name in value) and any(
        name in value for name in _LINES
    ):
        lines = [value[name].get("content", "") for name in _LINES if name in value]
        value = {**{k: v for k, v in value.items() if k not in _LINES}, "line": lines}
    more = value.get(MORE)
    if not isinstance(more, dict):
        return value
    value, more = dict(value), dict(more)
    for name in (*_ONCE, _PACKAGES):
        if isinstance(more.get(name), list) and isinstance(value.get(name, []), list):
            value[name] = [*value.get(name, []), *more.pop(name)]
    for name in _TIMES:
        exact = more.get(name)
        if isinstance(exact, str) and value.get(name) == approximate(exact):
            del value[name]
    value[MORE] = more
    return value


def _flatten(consignment: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Make one list of the lines of all consignment items."""
    items = consignment.get(_ITEMS) if isinstance(consignment, dict) else None
    if not isinstance(items, list):
        return consignment
    lines: list[Any] = []
    rest: list[Any] = []
    for position, item in enumerate(items, start=1):
        if not isinstance(item, dict) or not isinstance(item.get(_GOODS), list):
            rest.append(item)
            continue
        others = {name: each for name, each in item.items() if name not in {_GOODS, MORE}}
        more = dict(item[MORE]) if isinstance(item.get(MORE), dict) else {}
        told = {"number": more.pop("number", str(position))}
        match others.get("natureIdCargo"):
            case [{"typeCode": {"content": str(code)}}]:
                told["cargo"] = code
                del others["natureIdCargo"]
        if "cargo" in more:
            told["cargo"] = more.pop("cargo")
        rest += [others] if others else []
        rest += [{MORE: more}] if more else []
        lines += [
            {**line, "consignmentItem": told} if isinstance(line, dict) else line
            for line in item[_GOODS]
        ]
    found = {name: each for name, each in consignment.items() if name != _ITEMS}
    if rest:
        found[_ITEMS] = rest
    return {**found, _GOODS: lines}


# --- writing -----------------------------------------------------------------------------------


def write_sps(tree: Tree, shape: Shape) -> bytes:
    """Write a tree as one line of JSON."""
    payload = _write(tree, shape)
    for consignment in payload["specifiedConsignment"]:
        consignment[_ITEMS] = _gather(consignment.pop(_GOODS))
    return encode_json(payload)


def _write(node: Any, shape: Shape) -> Any:  # noqa: ANN401 - text, a tree or a list
    if isinstance(node, list):
        return [_write(each, shape) for each in node]
    if not isinstance(node, dict):
        return node
    members: dict[str, Any] = {}
    for name, below in shape.children.items():
        if name in node:
            written = _write(node[name], below)
            one = name.endswith(_ONE)
            members[name.removesuffix(_ONE)] = [written] if one else written
    return _part(members)


def _part(members: dict[str, Any]) -> dict[str, Any]:
    """Part what the standard has room for from what only ours has."""
    more = members.pop(MORE, {})
    for line, name in zip(members.pop("line", ()), _LINES, strict=False):
        members[name] = {"content": line}
    for name in _ONCE:
        texts = members.get(name)
        if isinstance(texts, list) and len(texts) > 1:
            members[name], more[name] = texts[:1], texts[1:]
    packages = members.get(_PACKAGES)
    if packages and not all("levelCode" in each for each in packages):
        more[_PACKAGES] = members.pop(_PACKAGES)
    for name in _TIMES:
        if name in more:
            members[name] = approximate(more[name])
    return {**members, MORE: more} if more else members


def _gather(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put lines back into their consignment items."""
    items = []
    groups = groupby(lines, lambda line: line["consignmentItem"])
    for position, (told, group) in enumerate(groups, start=1):
        item: dict[str, Any] = {}
        more = {} if told["number"] == str(position) else {"number": told["number"]}
        cargo = told.get("cargo")
        if cargo and _CARGO.fullmatch(cargo):
            item["natureIdCargo"] = [{"typeCode": {"content": cargo}}]
        elif cargo:
            more["cargo"] = cargo
        item[_GOODS] = [
            {name: each for name, each in line.items() if name != "consignmentItem"}
            for line in group
        ]
        items.append({**item, MORE: more} if more else item)
    return items
