"""``swb topology``: what the transport must hold before a daemon runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.app.broker import apply_broker, check_lines, compare_broker, describe_broker
from swb.app.linking import apply_link, describe_link
from swb.app.provision import apply_topology
from swb.cli.options import config_option
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.config import EmbeddedTransportConfig, load_config
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from swb.app.broker import Applied, Deviation, Entry, LineState
    from swb.cli.outcome import Failure

__all__ = ["command"]

_KINDS: Final = {
    "vhosts": "vhost",
    "users": "user",
    "permissions": "permission",
    "topic_permissions": "topic permission",
    "parameters": "limit",
    "policies": "policy",
    "exchanges": "exchange",
    "queues": "queue",
    "bindings": "binding",
}
"""What people call the lists of RabbitMQ's definitions."""


@click.group("topology", short_help="Make and compare the transport's lines.")
def command() -> None:
    """Look after what the transport must hold: each member's line to the region."""


_ROUTER = config_option(
    "The router's configuration: its table of connections names the members", variable=False
)


@command.command("show", short_help="Print all that RabbitMQ shall hold.")
@_ROUTER
def show(file: Path) -> Answer:
    """Print everything that the region's RabbitMQ shall hold.

    Vhosts, users, permissions, topic permissions, limits, exchanges, queues and bindings, as the
    router's table of connections and the file that [topology] names have them. Nothing is asked,
    and no secret is read or shown. With --json each entry is as in RabbitMQ's definitions.
    """
    return _tell_entries(describe_broker(load_config(file)))


def _tell_entries(entries: Sequence[Entry]) -> Answer:
    return Answer(
        value={
            "entries": [
                {"kind": each.kind, "name": each.name, "value": each.value} for each in entries
            ]
        },
        text="\n".join(map(_line_of_entry, entries)),
    )


@command.command("apply", short_help="Make every member's line.")
@_ROUTER
@click.option(
    "--prune",
    is_flag=True,
    help="Remove permissions, limits, policies and bindings that are too much.",
)
def apply(file: Path, prune: bool) -> Answer:
    """Make the line of every member that the router's configuration connects.

    For the embedded transport that is its file with two queues for each member. For RabbitMQ it is
    all that swb topology show prints, made over the management API that the file of [topology]
    names; without that section, exchanges and queues alone, in vhosts swb.STATE that exist.
    Repeating it changes nothing. No queue, vhost or user is ever deleted.

    Exit status: 0 done, 1 something cannot be changed, or RabbitMQ refuses it.
    """
    config = load_config(file)
    if isinstance(config.transport, EmbeddedTransportConfig) or config.topology is None:
        members = asyncio.run(apply_topology(config))
        return Answer(
            value={"members": list(members)},
            text="\n".join(f"line {each}: ready" for each in members),
        )
    return _tell_applied(asyncio.run(apply_broker(config, prune=prune)))


@command.command("diff", short_help="Compare a live RabbitMQ with what it shall hold.")
@_ROUTER
def diff(file: Path) -> Answer:
    """Compare a live RabbitMQ, over its management API, with what swb topology show prints.

    What is missing, what is other than described, and what is too much in the members' vhosts:
    also permissions, and users with a tag, who could administer. Nothing is changed.

    Exit status: 0 nothing differs, 1 something does.
    """
    deviations = asyncio.run(compare_broker(load_config(file)))
    return Answer(
        value={"differences": [_describe(each) for each in deviations]},
        text="\n".join(_lines_of(deviations)) or "nothing differs",
        failure=_differs(deviations),
    )


@command.command("link", short_help="Link a state's own RabbitMQ to the region's.")
@config_option(
    "The state's gateway's configuration; its [topology] names a file with [link]", variable=False
)
@click.option("--apply", "makes", is_flag=True, help="Make it, over the management API.")
def link(file: Path, makes: bool) -> Answer:
    """Print what a state's own RabbitMQ shall hold, or make it.

    That is the state's line, as the region has it, and two shovels: swb-submit carries what the
    gateway submitted to the region, swb-inbox brings what the region has for the state. Passwords
    are not shown. Repeating it changes nothing.

    Exit status: 0 done, 1 something cannot be changed, or RabbitMQ refuses it.
    """
    config = load_config(file)
    if makes:
        return _tell_applied(asyncio.run(apply_link(config)))
    return _tell_entries(describe_link(config))


@command.command("check", short_help="Check that a daemon's lines are there, with its own rights.")
@config_option("A gateway's or a router's configuration", variable=False)
@click.option(
    "--management", is_flag=True, help="Compare over the management API too, as an operator."
)
def check(file: Path, management: bool) -> Answer:
    """Check a daemon's lines with the daemon's own rights, as it does itself when it starts.

    It logs in as the daemon would, and looks passively whether exchanges and queues are there.
    Nothing is declared, sent or read. With --management, what swb topology diff finds fails too.

    Exit status: 0 every line can be used, 1 something differs, 4 a line cannot be used now.
    """
    config = load_config(file)
    states = asyncio.run(check_lines(config))
    deviations = asyncio.run(compare_broker(config)) if management else ()
    broken = next((each.error for each in states if each.error is not None), None)
    return Answer(
        value={
            "lines": [
                {"line": each.line, "code": each.error.code if each.error else None}
                for each in states
            ],
            "differences": [_describe(each) for each in deviations],
        },
        text="\n".join([*map(_line_of_state, states), *_lines_of(deviations)]),
        failure=explain_failure(broken) if broken else _differs(deviations),
    )


def _line_of_state(state: LineState) -> str:
    if state.error is None:
        return f"line {state.line}: ready"
    return f"line {state.line}: {state.error.code}"


def _line_of_entry(entry: Entry) -> str:
    value = entry.value.get("value", entry.value)
    said = " ".join(
        f"{name}={_spell(each)}"
        for name, each in (value.items() if isinstance(value, dict) else ())
        if name not in {"name", "vhost", "user", "source", "destination", "destination_type"}
        and each not in ([], {})
    )
    return f"{_KINDS[entry.kind]:<16} {entry.name}  {said}".rstrip()


def _spell(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_spell(each)}" for name, each in value.items()) + "}"
    return "''" if value == "" else str(value).lower() if isinstance(value, bool) else str(value)


def _tell_applied(done: Applied) -> Answer:
    lines = [f"made     {_name(each)}" for each in done.made]
    lines += [f"removed  {_name(each)}" for each in done.removed]
    lines += [f"left     {_name(each)}: too much" for each in done.left]
    return Answer(
        value={
            "made": [_describe(each) for each in done.made],
            "removed": [_describe(each) for each in done.removed],
            "left": [_describe(each) for each in done.left],
        },
        text="\n".join(lines) or "nothing to do",
    )


def _lines_of(deviations: Iterable[Deviation]) -> list[str]:
    return [
        f"{each.state:<8} {_name(each)}" + "".join(f"\n         {said}" for said in each.details)
        for each in deviations
    ]


def _name(deviation: Deviation) -> str:
    return f"{_KINDS[deviation.kind]} {deviation.name}"


def _describe(deviation: Deviation) -> dict[str, object]:
    return {
        "state": deviation.state,
        "kind": deviation.kind,
        "name": deviation.name,
        "details": list(deviation.details),
    }


def _differs(deviations: Sequence[Deviation]) -> Failure | None:
    if not deviations:
        return None
    message = f"expected nothing to differ, found {len(deviations)} difference(s)"
    return explain_failure(RefusedError("topology.differs", message, actor=Actor.OPERATOR))
