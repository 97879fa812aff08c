"""What changed between two canonical documents beyond what was declared lost, element by element.

It knows XML and nothing of document types, so that it judges what stands there and not what a model
makes of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from lxml import etree

from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["find_differences", "find_missing", "matches_pattern"]

_STEP: Final = re.compile(r"(@?[^\[\]/@]+)(?:\[([1-9][0-9]*)\])?")
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_Step = tuple[str, int | None]
_Groups: TypeAlias = "dict[etree._Element, defaultdict[str, list[etree._Element]]]"  # noqa: SLF001 - lxml's name
"""Children by name, of elements that were looked at: documents have thousands of losses."""


def find_differences(before: bytes, after: bytes, losses: Iterable[str] = ()) -> tuple[str, ...]:
    """Find where two documents differ, leaving aside what was declared lost.

    A loss whose path ends with a position is one of several: the element is gone, and later ones
    move up. A loss of a single element means that it is gone or less exact.

    Args:
        before: The canonical document that was written.
        after: The one that was read again.
        losses: Canonical paths in `before`.

    Returns:
        Canonical paths; empty when there is no other difference.

    Raises:
        ValueError: A loss is no canonical path.
        RefusedError: One is no XML.
    """
    left, right = parse_xml(before), parse_xml(after)
    steps = [_split(path) for path in set(losses)]
    ours: _Groups = {}
    theirs: _Groups = {}
    for path in sorted(steps, key=_removal_order, reverse=True):
        _remove(left, path, ours)
        if path and path[-1][1] is None:
            _remove(right, path, theirs)
    return tuple(_compare(left, right, _name(left)))


def find_missing(document: bytes, paths: Iterable[str]) -> tuple[str, ...]:
    """Find which canonical paths name no element or attribute of a document.

    Raises:
        ValueError: One is no canonical path.
    """
    root = parse_xml(document)
    known: _Groups = {}
    return tuple(
        path
        for path in paths
        if path.partition("/")[0] != _name(root) or not _has(root, _split(path), known)
    )


def matches_pattern(path: str, pattern: str) -> bool:
    """Whether a canonical path lies at or below a pattern with ``[*]`` for any position."""
    spelled = re.escape(pattern).replace(r"\[\*\]", r"(\[\d+\])?")
    return re.fullmatch(f"{spelled}(/.*)?", path) is not None


def _split(path: str) -> tuple[_Step, ...]:
    """Turn ``Root/Item[2]/@unit`` into (("Item", 2), ("@unit", None))."""
    steps: list[_Step] = []
    for word in path.split("/")[1:]:
        found = _STEP.fullmatch(word)
        if found is None:
            msg = f"expected a canonical path, found {path[:200]!r}"
            raise ValueError(msg)
        steps.append((found[1], int(found[2]) if found[2] else None))
    return tuple(steps)


def _removal_order(path: tuple[_Step, ...]) -> tuple[tuple[str, int], ...]:
    """Last positions first, so that a removal moves nothing that is still to be removed."""
    return tuple((name, 0 if position is None else position) for name, position in path)


def _remove(element: etree._Element, path: tuple[_Step, ...], known: _Groups) -> None:
    if not path:
        return
    (name, position), *rest = path
    if name.startswith("@"):
        if _attribute(name) in element.attrib:
            del element.attrib[_attribute(name)]
        return
    group = _look(element, known)[name]
    single = group[:1] if rest else group
    for each in single if position is None else group[position - 1 : position]:
        if rest:
            _remove(each, tuple(rest), known)
        elif each.getparent() is element:
            element.remove(each)


def _has(element: etree._Element, path: tuple[_Step, ...], known: _Groups) -> bool:
    if not path:
        return True
    (name, position), *rest = path
    if name.startswith("@"):
        return _attribute(name) in element.attrib
    group = _look(element, known)[name]
    chosen = group if position is None else group[position - 1 : position]
    return any(_has(each, tuple(rest), known) for each in chosen)


def _look(element: etree._Element, known: _Groups) -> defaultdict[str, list[etree._Element]]:
    groups = known.get(element)
    if groups is None:
        groups = known[element] = _children(element)
    return groups


def _compare(left: etree._Element, right: etree._Element, path: str) -> Iterator[str]:
    if left.tag != right.tag:
        yield path
        return
    for name in sorted({*map(str, left.attrib), *map(str, right.attrib)}):
        if left.attrib.get(name) != right.attrib.get(name):
            yield f"{path}/@{'xml:lang' if name == _LANG else name}"
    if not len(left) and not len(right):
        if (left.text or "") != (right.text or ""):
            yield path
        return
    ours, theirs = _children(left), _children(right)
    for name in [*ours, *(each for each in theirs if each not in ours)]:
        most = max(len(ours[name]), len(theirs[name]))
        for place in range(most):
            below = f"{path}/{name}" if most == 1 else f"{path}/{name}[{place + 1}]"
            if place >= min(len(ours[name]), len(theirs[name])):
                yield below
            else:
                yield from _compare(ours[name][place], theirs[name][place], below)


def _children(element: etree._Element) -> defaultdict[str, list[etree._Element]]:
    groups: defaultdict[str, list[etree._Element]] = defaultdict(list)
    for child in element:
        groups[_name(child)].append(child)
    return groups


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _attribute(step: str) -> str:
    return _LANG if step == "@xml:lang" else step.removeprefix("@")
