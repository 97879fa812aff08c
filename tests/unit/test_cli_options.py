"""Every option of every command is used by a test, or by a page whose commands are executed.

Looked for are the command's own word and the option in one file: the text of a test that starts
commands in whichever way, or the ``bash`` blocks of a page. That a file does something sensible
with them no search can tell; that nobody ever uses an option, it can.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import click
import pytest

from swb.cli.entry import build_program
from tests.pages import BLOCK
from tests.services import ROOT
from tests.unit.test_docs import find_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OF_EVERY_COMMAND: Final = frozenset({"--json", "--debug", "--help"})
"""Tests of the command line as a whole are about these."""
NO_USE: Final = frozenset({"cli_members.py", "cli_reference.py", "test_cli_options.py"})
"""Files that name commands and options, and start none."""


def find_options() -> Iterator[tuple[tuple[str, ...], str]]:
    """Each command's words, and an option of it."""

    def walk(
        command: click.Command, context: click.Context, words: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        for param in command.params:
            if isinstance(param, click.Option):
                for each in (*param.opts, *param.secondary_opts):
                    if each.startswith("--") and each not in OF_EVERY_COMMAND:
                        yield words, each
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from walk(inner, click.Context(inner, parent=context), (*words, name))

    program = build_program()
    yield from walk(program, click.Context(program), ())


@lru_cache
def texts() -> tuple[frozenset[str], ...]:
    """The words of tests and of executed blocks, file by file."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    pages = ("\n".join(BLOCK.findall(_read(page))) for page in find_pages())
    said = (*(_read(each) for each in tests if each.name not in NO_USE), *pages)
    return tuple(words_of(each) for each in said)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def words_of(text: str) -> frozenset[str]:
    """The words of a text; an option is one with its hyphens."""
    return frozenset(re.findall(r"[\w-]+", text))


def is_used(words: tuple[str, ...], option: str, where: tuple[frozenset[str], ...]) -> bool:
    """Whether one of the texts has both the command's own word and the option."""
    wanted = {words[-1] if words else "swb", option}
    return any(wanted <= text for text in where)


OPTIONS: Final = sorted(set(find_options()))


def test_no_option_is_one_that_nobody_uses() -> None:
    unused = [
        " ".join(("swb", *words, option))
        for words, option in OPTIONS
        if not is_used(words, option, texts())
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('run("keys", "make", "--states", "TH")', True),
        ("swb keys make --states TH", True),
        ("swb keys make --states-of TH", False),
        ("swb keys remake --states TH", False),
        ("swb keys make", False),
    ],
)
def test_a_use_is_the_command_and_the_whole_option(text: str, found: bool) -> None:
    assert is_used(("keys", "make"), "--states", (words_of(text),)) is found


def test_there_are_options_to_look_for() -> None:
    assert len(OPTIONS) > 300
    assert (("evidence", "erase"), "--approval") in OPTIONS
