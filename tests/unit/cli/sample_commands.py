"""Commands that end in every way in which a command can end."""

from __future__ import annotations

import errno
import sys

import click

from swb.cli.entry import make_tell, wants_json
from swb.cli.lazy import CommandEntry
from swb.cli.output import Answer
from swb_schemas.errors import (
    RefusedError,
    SwbError,
    UnavailableError,
    UndeterminedError,
)
from swb_schemas.findings import Finding, Severity

SECRET = "payload content that nobody may see"
LOSS = Finding(
    code="adapter.loss",
    severity=Severity.LOSS,
    path="CertificateOfOrigin/Item[1]/NationalDescription[1]",
    message="no place for it",
    national_path="FormD/Goods[1]/Thai",
    clause="ATIGA OCP 7",
)

ENDINGS: dict[str, BaseException] = {
    "refused": RefusedError("xml.entity", "expected none", findings=(LOSS,)),
    "undetermined": UndeterminedError("trust.list_expired", "expected a list in force"),
    "unavailable": UnavailableError("store.unavailable", "expected a store"),
    "internal": ZeroDivisionError(SECRET),
    "root": SwbError("odd.one", "of no family", actor=RefusedError("x", "y").actor),
    "usage": click.UsageError("expected something else"),
    "name": OSError(errno.ENAMETOOLONG, "File name too long", SECRET),
    "interrupt": KeyboardInterrupt(),
    "several": ExceptionGroup(
        "tasks", [RefusedError("xml.entity", "one"), UnavailableError("store.unavailable", "two")]
    ),
}


@click.command("fails", short_help="Fails.")
@click.argument("ending")
def fails(ending: str) -> None:
    """Fail in a way of your choice."""
    raise ENDINGS[ending]


@click.command("answers", short_help="Answers.")
def answers() -> Answer:
    """Answer, with a loss."""
    return Answer(
        value={"name": "ไทย", "json": wants_json()}, text="a \x1b[31m name ไทย", findings=[LOSS]
    )


@click.command("chatters", short_help="Chatters.")
def chatters() -> Answer:
    """Write where no command should."""
    sys.stdout.write("progress\n")
    return Answer(value={"done": True})


@click.command("tells", short_help="Tells.")
def tells() -> Answer:
    """Tell how far it is."""
    make_tell()("half of it")
    return Answer(value={"done": True})


@click.command("payload", short_help="Payload.")
def payload() -> Answer:
    """Give octets that are no text."""
    return Answer(value={}, payload=b"\xff\x00\r\n")


@click.command("silent", short_help="Silent.")
def silent() -> None:
    """Say nothing."""


@click.group("nested", short_help="Nested.")
def nested() -> None:
    """A group."""


@nested.command("inner")
def inner() -> Answer:
    """Answer from inside a group."""
    return Answer(value={"inner": True}, text="inner")


COMMANDS = {
    name: CommandEntry(f"{__name__}:{name}", name.capitalize() + ".")
    for name in ("fails", "answers", "chatters", "tells", "payload", "silent", "nested")
} | {"missing": CommandEntry("swb.cli.nowhere:command", "Not there.")}
