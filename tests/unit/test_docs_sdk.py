"""The reference of the adapter SDK is made of its docstrings.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_sdk.py`` writes it anew.
"""

from __future__ import annotations

import inspect
import os
import re
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.mapping import Conversion
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = ROOT / "docs" / "reference" / "sdk.md"
HEAD: Final = """\
# The adapter SDK

Made of the docstrings; a test compares. What stands here is public and follows the version of the
distribution. [Your first adapter](../tutorial/first-adapter.md) uses most of it,
[Write an adapter](../how-to/write-an-adapter.md) what tables cannot express, and the
[command protocol](command-protocol.md) serves other languages.
"""
MODULES: Final = (
    "swb_adapters.sdk.mapping",
    "swb_adapters.sdk",
    "swb_adapters.sdk.edifact",
    "swb_adapters.sdk.fixed_width",
    "swb_adapters.sdk.sheets",
    "swb_adapters.sdk.testing",
    "swb_adapters.sdk.testing.adapter_contract",
    "swb_adapters.sdk.testing.running",
    "swb_adapters.sdk.command",
    "swb_client",
)
SECTION: Final = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):$")


def build_page() -> str:
    """Write the page."""
    return HEAD + "".join(part for name in MODULES for part in _spell_module(name))


def _spell_module(name: str) -> Iterator[str]:
    module = import_module(name)
    yield f"\n## {name}\n\n{_spell_text(_clean(module.__doc__))}"
    for each in sorted(module.__all__):
        yield from _spell_name(each, getattr(module, each))


def _spell_name(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Conversion):
        yield f"\n### `{name}`\n\nA conversion: {value.words}.\n"
    elif inspect.isclass(value) or inspect.isfunction(value):
        yield f"\n### `{name}{_spell_signature(value)}`\n\n{_spell_text(_clean(value.__doc__))}"
        if inspect.isclass(value):
            yield from _spell_methods(value)
    elif isinstance(value, int | str | frozenset):
        said = sorted(value) if isinstance(value, frozenset) else value
        yield f"\n### `{name}`\n\n`{said!r}`\n"
    else:
        yield f"\n### `{name}`\n"


def _spell_methods(value: type) -> Iterator[str]:
    if issubclass(value, Exception):
        return
    for name, found in vars(value).items():
        method = found.__func__ if isinstance(found, classmethod) else found
        public = not name.startswith(("_", "test_"))
        if public and inspect.isfunction(method) and method.__doc__:
            said = " ".join(_clean(method.__doc__).partition("\n\n")[0].split())
            yield f"\n- `{name}{_spell_signature(method)}`: {_mark(said)}\n"


def _spell_signature(value: object) -> str:
    if inspect.isclass(value) and issubclass(value, Enum | Exception):
        return ""
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]  # a class or a function
    except (TypeError, ValueError):
        return ""
    bare = inspect.Parameter.empty
    parameters = [
        # A default has an address where it is an object, and only matters where it can be typed.
        each.replace(
            annotation=bare,
            default=each.default
            if isinstance(each.default, str | int | bool | tuple | None)
            else bare
            if each.default is bare
            else _Dots(),
        )
        for each in signature.parameters.values()
        if each.name not in {"self", "cls", "args", "kwargs"}
    ]
    return str(inspect.Signature(parameters))


class _Dots:
    def __repr__(self) -> str:
        return "..."


def _clean(text: str | None) -> str:
    return inspect.cleandoc(text or "")


def _mark(text: str) -> str:
    return text.replace("``", "`")


def _spell_text(text: str) -> str:
    """Turn a docstring into Markdown: sections into lists, tables and code as they are."""
    if re.search(r"(?m)^=+ +=", text):
        return _spell_table(text)
    return _mark(_spell_sections(text))


def _spell_table(text: str) -> str:
    before, rule, rest = re.split(r"(?m)^(=+ +=+)\n", text, maxsplit=1)[0:3]
    width = len(rule.partition(" ")[0])
    body, _, after = rest.partition(rule)
    rows = [(line[:width].strip(), line[width:].strip()) for line in body.splitlines()]
    table = "".join(f"| {_mark(left)} | {_mark(right)} |\n" for left, right in rows)
    return f"{_mark(_spell_sections(before))}\n| | |\n|---|---|\n{table}{_mark(after.rstrip())}\n"


def _spell_sections(text: str) -> str:
    out: list[str] = []
    inside = ""
    for line in text.rstrip().splitlines():
        section = SECTION.match(line)
        if section:
            inside = section[1]
            out += [f"{inside}:", ""]
        elif inside and re.match(r"^    [\w*`.,: ]+:", line) and not line.startswith("     "):
            name, _, said = line.strip().partition(": ")
            out.append(f"- `{name}`: {said}" if said else f"- {line.strip()}")
        elif inside and line.startswith("        "):
            out[-1] += f" {line.strip()}"
        elif inside and line.startswith("    "):
            out.append(line.strip())
        else:
            out.append(line)
    return "\n".join(out) + "\n"


def test_the_page_is_what_the_docstrings_say() -> None:
    page = build_page()
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_everything_public_says_what_it_is() -> None:
    silent = [
        f"{name}.{each}"
        for name in MODULES
        for each in import_module(name).__all__
        if callable(value := getattr(import_module(name), each)) and not value.__doc__
    ]
    assert not silent
