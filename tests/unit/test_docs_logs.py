"""Every log action in the source is explained, with its fields, and the page is made of them.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_logs.py`` writes the page anew. Meanings stand in
``broker/swb/log_actions.toml``; level, logger and fields are read from the source.
"""

from __future__ import annotations

import ast
import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = ROOT / "docs" / "reference" / "logs.md"
MEANINGS: Final = ROOT / "broker" / "swb" / "log_actions.toml"

HEAD: Final = """\
# Log actions

Logs are one JSON value a line on standard error: `timestamp`, `level`, `logger`, `event` (the
action) and the action's fields. Records of our RabbitMQ and SQLite transports have a sentence in
`event` and the action in `action`; records of libraries have a sentence alone. This page is made of
the source and of `broker/swb/log_actions.toml`; names of actions and fields are stable, and
`swb_log_records_total` counts records by action.

No field holds a payload, a key or personal data. `exception` tells the kind and the place of an
exception, never its text. `**` stands for fields that come from a mapping: counts by kind, or the
user and process of a caller.
"""

LEVELS: Final = ("debug", "info", "warning", "error", "exception", "critical")


@dataclass
class Action:
    """What the source says of one action of one logger."""

    levels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)


def calls_in(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a log, with its level; also through a name that chooses the level."""
    chosen: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            levels = {
                each.attr
                for each in ast.walk(node.value)
                if isinstance(each, ast.Attribute) and is_log(each.value) and each.attr in LEVELS
            }
            if levels and not isinstance(node.value, ast.Call):
                chosen[node.targets[0].id] = levels
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and is_log(node.func.value):
            if node.func.attr in LEVELS:
                yield node.func.attr, node
        elif isinstance(node.func, ast.Name) and node.func.id in chosen:
            for level in sorted(chosen[node.func.id]):
                yield level, node


def is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id.lower() == "_log"


def logger_of(tree: ast.AST, module: str) -> str:
    """Name of a module's logger; a router of names is its own module's."""
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get_logger", "getLogger"}
        and node.args
    ]
    if made and isinstance(made[0].args[0], ast.Constant):
        return str(made[0].args[0].value)
    return module


def names_in(node: ast.AST) -> list[str]:
    """Literal names of an action; of one that is put together, the part that is literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return names_in(node.body) + names_in(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [f"{each}*" for each in names_in(node.left)]
    return []


@lru_cache
def read_actions() -> dict[tuple[str, str], Action]:
    """Every action of the source by logger and name."""
    found: dict[tuple[str, str], Action] = {}
    for path in sorted((ROOT / "broker" / "swb").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = ".".join(path.relative_to(ROOT / "broker").with_suffix("").parts)
        logger = logger_of(tree, module)
        for level, call in calls_in(tree):
            fields = {each.arg or "**" for each in call.keywords}
            names = names_in(call.args[0]) if call.args else []
            for keyword in call.keywords:
                if keyword.arg == "extra":
                    names, fields = read_extra(tree, keyword.value)
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            assert names, f"{where}: expected an action with a literal name"
            for name in names:
                action = found.setdefault((logger, name), Action())
                action.levels.add("error" if level == "exception" else level)
                action.fields |= fields - {"exc_info"}
                if level == "exception" or "exc_info" in fields:
                    action.fields.add("exception")
    return found


def read_extra(tree: ast.AST, node: ast.AST) -> tuple[list[str], set[str]]:
    """Action and fields of a record of `logging`, which come in a mapping."""
    mappings = [node] if isinstance(node, ast.Dict) else []
    if isinstance(node, ast.Name):
        mappings = [
            each.value
            for each in ast.walk(tree)
            if isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and each.targets[0].id == node.id
            and isinstance(each.value, ast.Dict)
        ]
    names: list[str] = []
    fields: set[str] = set()
    for mapping in mappings:
        assert isinstance(mapping, ast.Dict)
        for key, value in zip(mapping.keys, mapping.values, strict=True):
            (told,) = names_in(key) if key else ("**",)
            if told == "action":
                names += names_in(value)
            fields.add(told)
    return names, fields


def load_meanings() -> dict[str, dict[str, str]]:
    """Meanings by logger and action."""
    return tomllib.loads(MEANINGS.read_text(encoding="utf-8"))


def build_page() -> str:
    """The page as source and meanings say it."""
    parts = [HEAD]
    meanings = load_meanings()
    section = ""
    for (logger, name), action in sorted(read_actions().items()):
        if logger != section:
            section = logger
            parts.append(
                f"\n## {logger}\n\n| action | level | fields | meaning |\n|---|---|---|---|\n"
            )
        fields = ", ".join(f"`{each}`" for each in sorted(action.fields))
        levels = ", ".join(sorted(action.levels))
        meaning = meanings.get(logger, {}).get(name, "")
        parts.append(f"| `{name}` | {levels} | {fields} | {meaning} |\n")
    return "".join(parts)


def test_every_action_is_explained_and_every_explanation_is_used() -> None:
    told = {(logger, name) for logger, names in load_meanings().items() for name in names}
    assert sorted(set(read_actions()) - told) == [], f"explain them in {MEANINGS.name}"
    assert sorted(told - set(read_actions())) == []


def test_explanations_are_sentences() -> None:
    for names in load_meanings().values():
        for name, meaning in names.items():
            assert re.fullmatch(r"[A-Z`].*\.", meaning), name


def test_the_page_is_made_of_the_actions() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_no_field_is_named_for_what_must_not_be_logged() -> None:
    forbidden = {
        "payload_octets",
        "body",
        "document",
        "exporter",
        "consignee",
        "password",
        "secret",
    }
    for (logger, name), action in read_actions().items():
        assert not action.fields & forbidden, (logger, name)
