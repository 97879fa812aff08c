"""Changes of well-formed payloads that stay well formed, so that they come past the parser."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from swb_adapters.sdk.testing.nasty import NASTY_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

__all__ = ["JsonTrees", "XmlTrees"]

_TEXTS: Final = (*NASTY_TEXTS, "-0", "1e9", "1E-7", "NaN", "0x10", "\u0661", "9" * 40, "ZZ", "XK")
_TIMES: Final = (1, 1, 1, 2, 40)


class XmlTrees:
    """Changes elements, attributes and texts; grafts elements of other payloads.

    Args:
        corpus: Payloads in XML.
    """

    def __init__(self, corpus: Sequence[bytes]) -> None:
        self._elements = [each for raw in corpus for each in _list_elements(raw)]
        self._texts = (*_TEXTS, *{each.text or "" for each in self._elements})

    def change(self, raw: bytes, random: Random) -> bytes:
        """Change a payload in one to three places."""
        root = etree.fromstring(raw, _PARSER)
        for _ in range(random.choice((1, 1, 2, 3))):
            self._change_element(random.choice(list(root.iter(etree.Element))), random)
        return etree.tostring(root, encoding="utf-8")

    def _change_element(self, element: etree._Element, random: Random) -> None:
        parent, way = element.getparent(), random.randrange(8)
        if way <= 1 or parent is None:
            element.text = random.choice(self._texts)
        elif way == 2:
            parent.remove(element)
        elif way == 3:
            for _ in range(random.choice(_TIMES)):
                element.addnext(deepcopy(element))
        elif way == 4:
            element.append(deepcopy(random.choice(self._elements)))
        elif way == 5:
            parent.replace(element, deepcopy(random.choice(self._elements)))
        elif way == 6:
            element.tag = random.choice(self._elements).tag
        elif element.attrib:
            element.set(random.choice(list(element.attrib)), random.choice(self._texts))
        else:
            element.set(random.choice(("no", "unit", "x")), random.choice(self._texts))


_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True)


def _list_elements(raw: bytes) -> list[etree._Element]:
    return list(etree.fromstring(raw, _PARSER).iter(etree.Element))


class JsonTrees:
    """Changes members, entries and values; grafts values of other payloads.

    Args:
        corpus: Payloads in JSON.
    """

    def __init__(self, corpus: Sequence[bytes]) -> None:
        self._values = [each[2] for raw in corpus for each in _list_values(json.loads(raw))]
        self._values += [*_TEXTS, None, True, -1, 10**40, 0.1, [], {}]
        self._names = sorted(
            {each[1] for raw in corpus for each in _list_values(json.loads(raw))} - {""}, key=str
        )

    def change(self, raw: bytes, random: Random) -> bytes:
        """Change a payload in one to three places."""
        tree = json.loads(raw)
        for _ in range(random.choice((1, 1, 2, 3))):
            places = list(_list_values(tree))
            if places:
                self._change_place(*random.choice(places), random=random)
        return json.dumps(tree, ensure_ascii=bool(random.randrange(2))).encode()

    def _change_place(self, holder: Any, key: Any, value: Any, *, random: Random) -> None:  # noqa: ANN401 - any JSON
        way = random.randrange(5)
        if way <= 1:
            holder[key] = deepcopy(random.choice(self._values))
        elif way == 2:
            del holder[key]
        elif way == 3 and isinstance(holder, list):
            holder[key:key] = [deepcopy(value) for _ in range(random.choice(_TIMES))]
        elif isinstance(holder, dict):
            holder[str(random.choice(self._names))] = deepcopy(value)


def _list_values(tree: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401 - any JSON
    """(where it stands, its name or position, itself) of every value below one."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(entries):
        yield tree, key, value
        if isinstance(value, dict | list):
            yield from _list_values(value)
