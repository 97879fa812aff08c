"""The national side of a table: which names there are, in which order, and what repeats.

A national payload is, whatever its syntax, a `Tree`: names to text, to further trees, or to lists
of either where they repeat. A syntax reads octets into a tree and writes a tree into octets, and
the `Shape` tells it what a table knows of its names.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

__all__ = ["REPEATED", "TEXT", "Form", "Shape", "Tree", "split_path"]

Tree = dict[str, Any]
"""Names to text, trees, or lists of them."""

TEXT: Final = ""
"""Name of a node's own text, where it has further nodes as well."""
REPEATED: Final = "[*]"
_STEP: Final = re.compile(r"([^\[\]/]+)(\[\*\])?")


def split_path(path: str) -> list[tuple[str, bool]]:
    """Split a pattern into its steps, and whether each repeats.

    Raises:
        ValueError: It is no pattern.
    """
    steps = []
    for word in path.split("/") if path else []:
        match = _STEP.fullmatch(word)
        if match is None:
            msg = f"expected a name, perhaps with [*], found {word!r} in {path!r}"
            raise ValueError(msg)
        steps.append((match[1], match[2] is not None))
    return steps


class Form(Enum):
    """What a node's text is, for a syntax that tells types apart."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Shape:
    """What a table knows of one node.

    Attributes:
        children: By name, in the order of the table.
        repeated: Whether there may be several.
        holds_text: Whether it has text of its own.
        form: What that text is.
    """

    __slots__ = ("children", "form", "holds_text", "repeated")

    def __init__(self) -> None:
        self.children: dict[str, Shape] = {}
        self.repeated = False
        self.holds_text = False
        self.form = Form.TEXT

    def reach(self, path: str) -> Shape:
        """Get the node at a path, which is made where it is new."""
        node = self
        for name, repeated in split_path(path):
            node = node.children.setdefault(name, Shape())
            node.repeated = node.repeated or repeated
        return node
