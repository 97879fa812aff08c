"""What a docstring names by its full name is there."""

from __future__ import annotations

import ast
import re
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = re.compile(r"`(swb(?:_schemas|_adapters|_client|_conformance)?(?:\.[A-Za-z_]\w*)+)`")
"""One of ours in backticks, single or double: a module, or something in one."""

NO_CODE: Final = {"swb.adapters.v1", "swb.adapters.vN", "swb.STATE"}
"""Groups of entry points, and how a region calls a state's virtual host."""


def named() -> Iterator[tuple[str, str]]:
    """Each name that a docstring has, with the file that it stands in."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for folder in ("schemas", "adapters", "broker"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, kinds):
                    for name in NAME.findall(ast.get_docstring(node) or ""):
                        yield file.relative_to(ROOT).as_posix(), name


def is_there(name: str) -> bool:
    """Whether it is a module, or something in one."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_each_name_in_a_docstring_is_there() -> None:
    missing = [each for each in named() if not is_there(each[1])]
    assert [each for each in missing if each[1] not in NO_CODE] == []
    assert {name for _, name in missing} == NO_CODE
