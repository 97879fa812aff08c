"""What changed between two documents beyond what was declared lost."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import spell_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["find_differences"]

_STEP: Final = re.compile(r"([^\[]+)(?:\[(\d+)\])?")
_EXACT: Final = timedelta(seconds=1)
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def find_differences(
    before: Document, after: Document, losses: Iterable[Finding] = ()
) -> tuple[str, ...]:
    """Find where two documents differ, leaving aside what the losses declare.

    A loss of one of several (its path ends with a position) means that the element is gone and
    later ones move up. A loss of a single element means that it is gone or less exact; a moment
    that is less exact is so by less than a second, or it is another moment.

    Args:
        before: The document that was written.
        after: The document that was read again.
        losses: What was declared on the way, with paths in `before`.

    Returns:
        Canonical paths in `before` without the lost elements; empty when there is no undeclared
        difference.
    """
    root = type(before).__name__
    if type(before) is not type(after):
        return (root,)
    left, right = _dump(before), _dump(after)
    paths = sorted({_split(loss.path) for loss in losses}, key=_removal_order, reverse=True)
    for path in paths:
        if _is_another_moment(_find(left, path), _find(right, path)):
            continue
        _remove(left, path)
        if path and path[-1][1] is None:
            _remove(right, path)
    return tuple(_compare(_tidy(left), _tidy(right), root, ()))


def _dump(document: Document) -> dict[str, Any]:
    return document.model_dump(by_alias=True, exclude_none=True)


Step = tuple[str, int | None]


def _split(path: str) -> tuple[Step, ...]:
    """Turn ``Root/Item[2]/@unit`` into (("Item", 1), ("unit", None))."""
    steps: list[Step] = []
    for word in path.split("/")[1:]:
        match = _STEP.fullmatch(word)
        if match is None:
            msg = f"expected a canonical path, found {path!r}"
            raise ValueError(msg)
        name = _LANG if match[1] == "@xml:lang" else match[1].removeprefix("@")
        steps.append((name, int(match[2]) - 1 if match[2] else None))
    return tuple(steps)


def _removal_order(path: tuple[Step, ...]) -> tuple[tuple[str, int], ...]:
    """Last positions first, so that a removal moves nothing that is still to be removed."""
    return tuple((name, -1 if position is None else position) for name, position in path)


def _remove(tree: dict[str, Any], path: tuple[Step, ...]) -> None:
    if not path:
        return
    (name, position), *rest = path
    if name not in tree:
        return
    if position is None:
        if rest:
            _remove(tree[name], tuple(rest))
        else:
            del tree[name]
        return
    entries = tree[name] = list(tree[name])
    if position < len(entries):
        if rest:
            _remove(entries[position], tuple(rest))
        else:
            del entries[position]


def _find(tree: Any, path: tuple[Step, ...]) -> object:  # noqa: ANN401 - a tree or a value
    """Find what stands at a path; None where nothing does."""
    for name, position in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
        if position is not None and isinstance(tree, list | tuple):
            tree = tree[position] if position < len(tree) else None
    return tree


def _is_another_moment(before: object, after: object) -> bool:
    if not isinstance(before, datetime) or not isinstance(after, datetime):
        return False
    return abs(before - after) >= _EXACT


def _tidy(value: object) -> object:
    """Drop empty lists: a list whose last entry was lost is the same as none."""
    if isinstance(value, dict):
        return {k: _tidy(v) for k, v in value.items() if v not in ((), [])}
    if isinstance(value, list | tuple):
        return [_tidy(entry) for entry in value]
    return value


def _compare(
    left: object, right: object, root: str, location: tuple[int | str, ...]
) -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in left.keys() | right.keys():
            if key not in left or key not in right:
                yield spell_location(root, (*location, key))
            else:
                yield from _compare(left[key], right[key], root, (*location, key))
    elif isinstance(left, list) and isinstance(right, list):
        for position, (one, other) in enumerate(zip(left, right, strict=False)):
            yield from _compare(one, other, root, (*location, position))
        for position in range(min(len(left), len(right)), max(len(left), len(right))):
            yield spell_location(root, (*location, position))
    elif left != right:
        yield spell_location(root, location)
