"""Every code in the source is explained, every explanation is used, and the page is made of them.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_errors.py`` writes the page anew.
"""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.error_codes import Family, find_error_code, load_error_codes
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError, UndeterminedError
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = ROOT / "docs" / "reference" / "errors.md"

HEAD: Final = """\
# Error codes

Every failure has a code, and the same code stands in logs, receipts, command output and conformance
vectors. This page is made of `schemas/swb_schemas/error_codes.toml`; codes are never given a new
meaning.

| family | means | tried again | exit status |
|---|---|---|---|
| refused | malformed, a rule broken, not trusted or not authorised | never | 1 |
| undetermined | it could not be checked now; that says nothing about the input | yes | 3 |
| unavailable | store, transport, signer or national system is down | yes | 4 |
| advice | a finding that stands alone; its severity says what comes of it | | 0, or 1 |
| usage, interrupted | the command line is wrong; a person stopped the command | | 2, 130 |
| internal | a fault of this program | | 5 |

*Who acts*: the **sender** made the payload or message; the **recipient** got it; the **operator**
runs this broker; the **developer** wrote it.
"""

COLUMNS: Final = """\
| code | family | who acts | what has happened | what to do |
|---|---|---|---|---|
"""

CODE: Final = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
FILE_ENDINGS: Final = (
    "xml",
    "json",
    "jsonl",
    "conf",
    "xsd",
    "py",
    "sql",
    "toml",
    "pem",
    "log",
    "html",
    "css",
    "po",
    "csv",
    "svg",
)
TOPS: Final = ("schemas", "adapters", "broker")
ERRORS: Final = {
    each.__name__: each for each in (RefusedError, UndeterminedError, UnavailableError)
}
DEFAULT_ACTORS: Final = {
    "RefusedError": Actor.SENDER,
    "UndeterminedError": Actor.OPERATOR,
    "UnavailableError": Actor.OPERATOR,
}


class Raised(NamedTuple):
    """A code in a call that makes an error."""

    code: str
    error: str
    actor: Actor | None
    where: str


class Source(NamedTuple):
    """What the source says of codes."""

    raised: list[Raised]
    literals: dict[str, str]
    """Every string that looks like a code, with one place where it stands."""


def name_of(call: ast.Call) -> str:
    """The last part of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def strings_in(node: ast.AST) -> list[str]:
    """Literals of an expression; both of a conditional one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return strings_in(node.body) + strings_in(node.orelse)
    return []


def actor_of(call: ast.Call) -> Actor | None:
    """Who must act, where the call says it itself."""
    for keyword in call.keywords:
        if keyword.arg == "actor":
            if isinstance(keyword.value, ast.Attribute):
                return Actor[keyword.value.attr]
            return None
    return DEFAULT_ACTORS.get(name_of(call))


def silent_strings(tree: ast.AST) -> set[ast.AST]:
    """Docstrings, and names of log events: no codes."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            found.add(node.value)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found |= {value for key, value in pairs if key and strings_in(key) == ["action"]}
        if isinstance(node, ast.keyword) and node.arg == "action":
            found.add(node.value)
    return found


def derived_codes(trees: list[ast.AST]) -> Iterator[str]:
    """Codes put together of a group that a caller names and an ending: ``f"{code}.jws"``."""
    groups, endings = set(), set()
    for node in (each for tree in trees for each in ast.walk(tree)):
        if isinstance(node, ast.keyword) and node.arg == "code":
            groups |= {each for each in strings_in(node.value) if "." not in each}
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
            first, last = node.values
            if isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "code":
                endings |= set(strings_in(last))
    return (group + ending for group in groups for ending in endings)


@lru_cache
def read_source() -> Source:
    """Read every module that is shipped."""
    raised: list[Raised] = []
    literals: dict[str, str] = {}
    trees: list[ast.AST] = []
    for path in (each for top in TOPS for each in (ROOT / top).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        trees.append(tree)
        silent = silent_strings(tree)
        file = path.relative_to(ROOT)
        for node in ast.walk(tree):
            if node not in silent:
                for each in strings_in(node):
                    if CODE.fullmatch(each) and each.rpartition(".")[2] not in FILE_ENDINGS:
                        literals.setdefault(each, f"{file}:{getattr(node, 'lineno', 0)}")
            if isinstance(node, ast.Call) and name_of(node) in ERRORS:
                where = f"{file}:{node.lineno}"
                codes = [k.value for k in node.keywords if k.arg == "code"] or node.args[:1]
                raised += [
                    Raised(each, name_of(node), actor_of(node), where)
                    for each in strings_in(codes[0])
                ]
    for each in derived_codes(trees):
        literals.setdefault(each, "put together")
    return Source(raised, literals)


def test_every_code_of_the_source_is_explained() -> None:
    known = load_error_codes()
    groups = {code.partition(".")[0] for code in known}
    source = read_source()
    unknown = {
        code: where
        for code, where in source.literals.items()
        if code.partition(".")[0] in groups and code not in known
    }
    unknown |= {each.code: each.where for each in source.raised if each.code not in known}
    assert unknown == {}, "explain them in schemas/swb_schemas/error_codes.toml"


def test_every_code_that_is_explained_is_used() -> None:
    assert sorted(set(load_error_codes()) - set(read_source().literals)) == []


def test_family_and_actor_are_those_of_the_source() -> None:
    wrong = defaultdict(list)
    for each in read_source().raised:
        known = find_error_code(each.code)
        if known is None:
            continue
        if known.family != ERRORS[each.error].family:
            wrong[each.code].append(f"{each.where}: {each.error}")
        if each.actor is not None and known.actor is not each.actor:
            wrong[each.code].append(f"{each.where}: {each.actor}")
    assert dict(wrong) == {}


def test_families_are_those_of_the_errors() -> None:
    for error in (SwbError, *ERRORS.values()):
        assert error.family in set(Family)


def test_explanations_are_sentences() -> None:
    for code in load_error_codes().values():
        assert CODE.fullmatch(code.code)
        for said in (code.meaning, code.advice):
            assert re.match(r"[A-Z`]", said), code.code
            assert said.endswith((".", "`")), code.code


def build_page() -> str:
    """The page as the data say it."""
    parts = [HEAD]
    for section, codes in groupby(load_error_codes().values(), key=lambda each: each.section):
        parts.append(
            f"\n## {section}\n\n| code | family | who acts | what has happened | what to do |\n"
        )
        parts.append("|---|---|---|---|---|\n")
        parts += [
            f"| `{each.code}` | {each.family} | {each.actor} | {each.meaning} | {each.advice} |\n"
            for each in codes
        ]
    return "".join(parts)


def test_the_page_is_made_of_the_codes() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"
