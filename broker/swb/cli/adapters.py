"""``swb adapters``: which adapters are installed, what they can do, and how a new one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.adapters_diff import command as diff_command
from swb.cli.adapters_docs import command as docs_command
from swb.cli.adapters_new import command as new_command
from swb.cli.adapters_testing import command as test_command
from swb.cli.output import Answer, describe_finding
from swb.plugins import discover_adapters
from swb_schemas.errors import Actor
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.plugins import InstalledAdapter, RejectedPlugin
    from swb_adapters.sdk import MessageSupport

__all__ = ["command"]


@click.group("adapters", short_help="Look at adapters, test them, and begin new ones.")
def command() -> None:
    """Look at the adapters, which turn national formats into canonical documents and back."""


@command.command("list", short_help="List the installed adapters.")
def list_adapters() -> Answer:
    """List the installed adapters with version, distribution, provenance and message types.

    Where an adapter has certificates of some agreements only, they are named.

    Provenance says how well a format is known: published (anybody can read its specification),
    outline (its shape is public, names and codes are not), simulated (invented by this project;
    no real system speaks it). A plug-in that cannot be used is named with the reason.
    """
    discovery = discover_adapters()
    findings = [_report(plugin) for plugin in discovery.rejected]
    return Answer(
        value={
            "adapters": [_describe(each) for each in discovery.adapters],
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(line for each in discovery.adapters for line in _spell(each)),
        findings=findings,
    )


def _report(plugin: RejectedPlugin) -> Finding:
    return Finding(
        code="adapter.unusable",
        severity=Severity.WARN,
        path="",
        message=f"plug-in {plugin.name} ({plugin.target}) is not used; {plugin.reason}",
        actor=Actor.OPERATOR,
    )


def _describe(installed: InstalledAdapter) -> dict[str, object]:
    info = installed.info
    return {
        "name": info.name,
        "version": info.version,
        "distribution": installed.distribution,
        "distribution_version": installed.distribution_version,
        "provenance": info.provenance,
        "state": info.state or None,
        "system": info.system,
        "media_type": info.media_type,
        "file_suffix": info.file_suffix,
        "messages": [
            {
                "message_type": message.message_type,
                "directions": list(_directions(message)),
                "agreements": list(message.agreements),
                "loses": list(message.loses),
            }
            for message in info.messages
        ],
    }


def _directions(message: MessageSupport) -> Iterator[str]:
    if message.reads:
        yield "to canonical"
    if message.writes:
        yield "from canonical"


def _spell(installed: InstalledAdapter) -> Iterator[str]:
    info = installed.info
    source = f"{installed.distribution or 'unknown'} {installed.distribution_version}".strip()
    yield f"{info.name} {info.version}  ({source}; {info.provenance})"
    yield f"    {info.system}"
    for message in info.messages:
        under = f"; under {', '.join(message.agreements)}" if message.agreements else ""
        yield f"    {message.message_type:24} {', '.join(_directions(message))}{under}"


for each_command in (new_command, test_command, docs_command, diff_command):
    command.add_command(each_command)
