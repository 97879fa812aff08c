"""Commands in blocks that no test executes name commands and options that there are."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

import click
import pytest

from swb.cli.entry import build_program
from tests.services import ROOT
from tests.unit.test_docs import find_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK: Final = re.compile(r"^```(console|text|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENDS: Final = frozenset({"|", "||", "&&", ";", ">", ">>", "2>", "<", "&", "#", ")"})
"""Tokens behind which another command begins, or none."""


def find_commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command line that begins with ``swb``, without it, and its page."""
    for page in find_pages():
        if page.name in {"CHANGELOG.md", "cli.md"}:
            continue  # of the past; made of the commands themselves
        for _, text in BLOCK.findall(page.read_text()):
            for line in text.replace("\\\n", " ").splitlines():
                found = re.fullmatch(r"\s*(?:\$ )?(?:\w+=\S+ )*(?:\S*/)?swb (.+)", line)
                if found is None:
                    continue
                try:
                    tokens = shlex.split(found[1], comments=True)
                except ValueError:
                    continue  # prose that ends in the middle of a quotation
                end = next((at for at, each in enumerate(tokens) if each in ENDS), len(tokens))
                yield page.relative_to(ROOT).as_posix(), tuple(tokens[:end])


COMMANDS: Final = sorted(set(find_commands()))


@pytest.mark.parametrize(
    ("page", "tokens"), COMMANDS, ids=[f"{page}: {' '.join(each)}" for page, each in COMMANDS]
)
def test_names_commands_and_options_that_there_are(page: str, tokens: tuple[str, ...]) -> None:
    del page
    command: click.Command = build_program()
    context = click.Context(command)
    rest = list(tokens)
    known = {each for param in command.params for each in param.opts}
    while rest and isinstance(command, click.Group):
        if rest[0].startswith("-"):
            assert rest.pop(0).partition("=")[0] in known | {"--help", "--version"}
            continue
        inner = command.get_command(context, rest[0])
        if inner is None and command.invoke_without_command:
            break
        assert inner is not None, f"no command {rest[0]}"
        command, context = inner, click.Context(inner, parent=context)
        known |= {each for param in command.params for each in (*param.opts, *param.secondary_opts)}
        rest.pop(0)
    for each in rest:
        if re.match(r"--?[a-z]", each):
            assert each.partition("=")[0] in known | {"--help", "-h"}, each


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS) > 50
