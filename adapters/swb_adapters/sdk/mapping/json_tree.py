"""JSON as a tree of names: objects, arrays of what repeats, and text, numbers and booleans.

Which members are numbers is the table's matter: a row with `number` or `decimal` has a JSON number,
a box whose marks are ``true`` and ``false`` a boolean, and everything else is text. A value of
another type is a fault of structure, told at its place. ``null`` and an empty text are the same as
a member that is not there.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import Unreadable, refuse
from swb_adapters.sdk.json import encode_json, parse_json
from swb_adapters.sdk.mapping.shape import TEXT, Form, Shape, Tree
from swb_adapters.sdk.values import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["JsonSyntax", "spell_json_path"]

_UNKNOWN: Final = Shape()
_FOUND: Final = {dict: "an object", list: "an array", str: "text", bool: "true or false"}
_EXPECTED: Final = {Form.TEXT: "text", Form.NUMBER: "a number", Form.BOOLEAN: "true or false"}


def spell_json_path(path: str) -> str:
    """Spell a national pattern as JSON has it: ``goods[*].weight``; for `Table`'s ``spell``."""
    return path.replace("/", ".")


class JsonSyntax:
    """An object for each message; one of its members names the kind.

    Args:
        kinds: The kinds of message, as the member spells them.
        member: Which member names the kind.
        text: Member for the text of what has further members; no name of the table's.
    """

    def __init__(self, kinds: Iterable[str], *, member: str = "type", text: str = "value") -> None:
        self._kinds = tuple(kinds)
        self._member = member
        self._text = text

    def recognise(self, raw: bytes) -> tuple[str, object]:
        """Parse a payload and tell its kind."""
        payload = parse_json(raw)
        if not isinstance(payload, dict):
            raise refuse("adapter.malformed", "expected an object")
        kind = payload.pop(self._member, None)
        if not isinstance(kind, str) or kind not in self._kinds:
            message = f"expected {' or '.join(self._kinds)}, found another kind or none"
            raise refuse("adapter.unsupported", message, national_path=self._member)
        return kind, payload

    def read(self, kind: str, parsed: object, shape: Shape) -> Tree:
        """Make a tree of an object."""
        del kind
        node = self._read(parsed, shape)
        return node if isinstance(node, dict) else {}

    def _read(self, value: object, shape: Shape, *, inside: bool = False) -> Any:  # noqa: ANN401 - text, a tree or a list of either
        if isinstance(value, dict):
            return dict(self._read_member(name, below, shape) for name, below in value.items())
        if isinstance(value, list):
            if inside:
                return Unreadable("expected no array in an array")
            return [self._read(each, shape, inside=True) for each in value]
        return _read_single(value, shape)

    def _read_member(self, name: str, below: object, shape: Shape) -> tuple[str, Any]:
        known = shape.children.get(name)
        if known is None and name == self._text:
            single = not isinstance(below, dict | list)
            return TEXT, self._read(below, shape) if single else _refuse(below, shape)
        return name, self._read(below, known or _UNKNOWN)

    def write(self, kind: str, tree: Tree, shape: Shape) -> bytes:
        """Write a tree as one line."""
        return encode_json({self._member: kind, **self.spell(tree, shape)})

    def spell(self, tree: Tree, shape: Shape) -> dict[str, Any]:
        """Give a tree the types of JSON, for an adapter that arranges the members itself."""
        members: dict[str, Any] = self._write(tree, shape)
        return members

    def _write(self, node: Any, shape: Shape) -> Any:  # noqa: ANN401 - text, a tree or a list
        if isinstance(node, list):
            return [self._write(each, shape) for each in node]
        if isinstance(node, dict):
            known = shape.children
            members = {name: self._write(node[name], known[name]) for name in known if name in node}
            text = node.get(TEXT)
            return members if text is None else {self._text: _spell(text, shape), **members}
        return _spell(node, shape)


def _read_single(value: object, shape: Shape) -> Any:  # noqa: ANN401 - text, or why it is none
    if value is None:
        return ""
    form = shape.form
    if isinstance(value, str) and form is Form.TEXT:
        return value
    if isinstance(value, bool) and (form is Form.BOOLEAN or shape is _UNKNOWN):
        return "true" if value else "false"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return _refuse(value, shape)
    if form is Form.NUMBER or shape is _UNKNOWN:
        return str(value) if isinstance(value, int) else format_decimal(value)
    return _refuse(value, shape)


def _spell(text: str, shape: Shape) -> object:
    if shape.form is Form.NUMBER:
        return Decimal(text) if "." in text else int(text)
    return text == "true" if shape.form is Form.BOOLEAN else text


def _refuse(value: object, shape: Shape) -> Unreadable:
    found = _FOUND.get(type(value), "a number")
    return Unreadable(f"expected {_EXPECTED[shape.form]}, found {found}")
