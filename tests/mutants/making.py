"""Changed programs: every place where an operator of cosmic-ray changes a module; a sample."""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Mutant", "draw_mutants", "is_another_program", "list_mutants"]

_ALIKE: Final = {"Eq_Is", "Is_Eq", "NotEq_IsNot", "IsNot_NotEq"}
"""Replacements that change nothing for None, small numbers and members of an enumeration."""

_OPERATORS: Final = [
    name
    for name in sorted(operator_names())
    if not name.startswith("core/Variable")  # they want names of variables
    and name != "core/NoOp"
    and name.partition("ReplaceComparisonOperator_")[2] not in _ALIKE
]


@dataclass(frozen=True, order=True)
class Mutant:
    """A module with one change.

    Attributes:
        module: The file.
        line: Where the change is, 1 for the first.
        column: Where in it.
        operator: What changes, by cosmic-ray's name.
        occurrence: Which of the operator's places in the module, 0 for the first.
    """

    module: Path
    line: int
    column: int
    operator: str
    occurrence: int

    @cached_property
    def source(self) -> str:
        """The changed module."""
        before = self.module.read_text(encoding="utf-8")
        changed: str = mutate_code(before, get_operator(self.operator)(), self.occurrence)
        return changed

    @property
    def place(self) -> str:
        """Where, from the root."""
        return f"{self.module.relative_to(ROOT)}:{self.line}:{self.column}"

    @property
    def name(self) -> str:
        """Where and what, in a line."""
        return f"{self.place} {self.operator.removeprefix('core/')}"

    def show(self) -> str:
        """The lines that differ."""
        before = self.module.read_text(encoding="utf-8").splitlines()
        lines = unified_diff(before, self.source.splitlines(), lineterm="", n=0)
        return "\n".join(f"    {line}" for line in list(lines)[3:])


def list_mutants(module: Path) -> list[Mutant]:
    """Every change that an operator makes in a module, in the order of the places."""
    nodes = list(ast_nodes(get_ast(module.read_text(encoding="utf-8"))))
    found: list[Mutant] = []
    for name in _OPERATORS:
        operator = get_operator(name)()
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        found += [
            Mutant(module, line, column, name, number)
            for number, (line, column) in enumerate(places)
        ]
    return sorted(found)


def draw_mutants(modules: Iterable[Path], number: int, seed: int) -> list[Mutant]:
    """A sample: places are drawn, and one change of each.

    A place has up to eleven changes (``|`` becomes every other operator), and no more weight.
    Changes that leave the program as it is are not drawn.
    """
    places: defaultdict[tuple[Path, int, int], list[Mutant]] = defaultdict(list)
    for module in modules:
        for each in list_mutants(module):
            places[each.module, each.line, each.column].append(each)
    chance = random.Random(seed)  # noqa: S311 - a sample that anybody can draw again
    drawn: list[Mutant] = []
    for place in chance.sample(sorted(places), len(places)):
        if len(drawn) == number:
            break
        changes = [each for each in places[place] if is_another_program(each)]
        if changes:
            own = random.Random(f"{seed} {changes[0].place}")  # noqa: S311 - as above
            drawn.append(own.choice(changes))
    return sorted(drawn)


_TYPED: Final = {"frozen", "kw_only", "slots"}
_REMEMBERING: Final = {"cache", "lru_cache"}


class _Executed(ast.NodeTransformer):
    """Leaves what tests can see: what Python executes, without what the type checker holds.

    Annotations count where they are those of fields; what is imported for types, whether a function
    takes a value by keyword alone, and whether a dataclass is frozen or has slots, does not. Nor
    does whether a result is remembered.
    """

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults += [each for each in node.kw_defaults if each is not None]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for each in node.decorator_list:
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
                each.keywords = [kept for kept in each.keywords if kept.arg not in _TYPED]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.decorator_list = [
            each
            for each in node.decorator_list
            if ast.unparse(each).partition("(")[0] not in _REMEMBERING
        ]
        node.body = [_without_annotation(each) for each in node.body]
        return self.generic_visit(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [_without_annotation(each) for each in node.body]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        if "TYPE_CHECKING" in ast.dump(node.test):
            return ast.Pass()
        return self.generic_visit(node)


def _without_annotation(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign):
        statement.annotation = ast.Constant(None)
    return statement


def is_another_program(mutant: Mutant) -> bool:
    """Whether it is Python still, and changed in what tests can see.

    Every module postpones the evaluation of its annotations.
    """
    try:
        sources = (mutant.module.read_text(encoding="utf-8"), mutant.source)
    except AttributeError:  # an operator cannot change the name of an exception that has a dot
        return False
    try:
        before, after = (ast.dump(_Executed().visit(ast.parse(source))) for source in sources)
    except SyntaxError:  # an operator took the ** of a dictionary for a power
        return False
    return before != after
