"""``swb evidence``: containers of evidence made, verified years later, and payloads erased."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import (
    FILE_OR_STDIN,
    Moment,
    Reason,
    read_octets,
    spell_reference,
)
from swb.cli.entry import wants_json
from swb.cli.evidence_files import check_new, name_container, write_container
from swb.cli.evidence_verdict import describe_verdict
from swb.cli.operator import find_operator
from swb.cli.options import config_option, trust_option
from swb.cli.output import Answer
from swb.cli.trust_bundles import read_bundle
from swb.clock import SystemClock
from swb.config import load_config
from swb_schemas.errors import RefusedError, SwbError, UndeterminedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from datetime import datetime

    from swb.services.erasing import Erased
    from swb.services.exporting import Exported

__all__ = ["command"]

_CONTAINER_LIMIT: Final = 500_000_000
_STANDARD_OUTPUT: Final = Path("-")
_CONFIG: Final = config_option(
    "Configuration (TOML) of the gateway whose stores are asked", "config_file"
)


@click.group("evidence", short_help="Export and verify evidence; erase payloads.")
def command() -> None:
    """Prove what became of a document, to whoever has a trust bundle."""


@command.command("export", short_help="Make one container with all that proves a document.")
@click.argument("reference")
@_CONFIG
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Where the container is written; - for standard output. Without it: a new file of the "
    "certificate's or document's name, here.",
)
def export(reference: str, config_file: Path, out: Path | None) -> Answer:
    """Make a container (ASiC-E, ETSI EN 319 162-1) of the document REFERENCE.

    REFERENCE is a certificate's key STATE:office:number, a document id or a message id. In the
    container are sealed documents and messages of the whole conversation with their receipts, the
    evidence of when each existed, certificates, trust lists, and a page that says what is what.
    """
    _check_standard_output(out)
    exported, file = asyncio.run(_export(config_file, spell_reference(reference), out))
    if file is None:
        return Answer(payload=exported.octets)
    write_container(file, exported.octets, anew=out is None)
    items = exported.contents.items
    erased = sum(each.erased for each in items)
    told = f"{file}: {len(items)} files" + (f", {erased} of them erased" if erased else "")
    if exported.unstamped:
        told += f"; {exported.unstamped} without a time-stamp yet, so nothing proves their age"
    return Answer(
        value={
            "file": str(file),
            "document_id": exported.contents.document,
            "files": len(items),
            "erased": erased,
            "without_time_stamp": exported.unstamped,
        },
        text=told,
    )


@command.command("verify", short_help="Verify a container, offline, years later.")
@click.argument("file", type=FILE_OR_STDIN)
@trust_option("The auditor's trust bundle. Nothing that the container brings is trusted.")
@click.option(
    "--at", type=Moment(), help="Judge as of this time, where nothing in FILE proves one."
)
@click.option(
    "--all", "shows_all", is_flag=True, help="Show every file, not only what was not accepted."
)
def verify(file: str, bundle: Path, at: datetime | None, *, shows_all: bool) -> Answer:
    """Verify the container FILE (- for standard input), as an auditor does.

    Shows a verdict for the whole, what became of the document as far as accepted files say, and
    for each file what it is, who signed it, and since when it is proven to exist. What one would
    expect and is not there is named; that proves nothing either way.

    Exit status: 0 accepted, 1 refused, 3 undetermined.
    """
    from swb_schemas.evidence import verify_container  # noqa: PLC0415 - slow to import

    moment = at or SystemClock().now()
    raw = read_octets(file, limit=_CONTAINER_LIMIT)
    trust = read_bundle(bundle)
    try:
        parse_trust_bundle(trust)
    except RefusedError as cause:
        message = f"expected a trust bundle that holds, found {cause.code}: {cause.message}"
        error = UndeterminedError("trust.unusable", message, findings=cause.findings)
        return describe_verdict(None, moment, error)
    try:
        verdict = verify_container(raw, trust=trust, at=moment)
    except (RefusedError, UndeterminedError) as error:
        return describe_verdict(None, moment, error)
    return describe_verdict(verdict, moment, verdict.error, shows_all=shows_all)


@command.command("erase", short_help="Erase the payloads of a conversation; proof stays.")
@click.argument("reference")
@_CONFIG
@click.option(
    "--reason",
    type=Reason(),
    required=True,
    metavar="TEXT",
    help="Why, for the record that is kept. No personal data.",
)
@click.option(
    "--approval",
    metavar="ID",
    help="Id of the request that another person agreed to, where policy asks for two people.",
)
def erase(reference: str, config_file: Path, reason: str, approval: str | None) -> Answer:
    """Erase the payloads of the conversation that REFERENCE belongs to.

    National payloads, sealed documents and messages that carry them are overwritten. What stays is
    ids, digests, both signatures, time-stamps and receipts, and a record of the erasure. Nothing
    is erased that is still on the road, or has no time-stamp yet. Files in the drop folder are the
    national system's.
    """
    erased = asyncio.run(_erase(config_file, spell_reference(reference), reason, approval))
    record = erased.record
    return Answer(
        value={
            "erasure_id": record.id,
            "conversation_id": record.conversation,
            "files": [
                {"kind": each.kind, "id": each.id, "type": each.type} for each in record.files
            ],
        },
        text=f"erased: {len(record.files)} files of conversation {record.conversation}; "
        f"the record is {record.id}",
    )


def _check_standard_output(out: Path | None) -> None:
    if out != _STANDARD_OUTPUT:
        return
    if wants_json():
        message = "expected --out FILE with --json, found -: one JSON value is all that is printed"
        raise click.UsageError(message)
    if sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError(
            "expected --out FILE, found - at a terminal, which shows no zip file"
        )


async def _export(
    config_file: Path, reference: str, out: Path | None
) -> tuple[Exported, Path | None]:
    """Make a container, and enter it into the trail before it leaves the house.

    Returns:
        It, and the file that it is to be written to; None for standard output.
    """
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.evidence import open_exporting  # noqa: PLC0415 - slow to import

    config = load_config(config_file)
    async with open_exporting(config) as exporting:
        exported = await exporting.export(reference)
    file = out or name_container(exported.contents)
    if out is None:
        check_new(file)
    async with open_audit(config, create=True) as trail:
        await trail.append(
            at=SystemClock().now(),
            who=find_operator(),
            action="evidence exported",
            subject=reference,
            detail=digest_text_of(exported.octets),
        )
    return exported, None if out == _STANDARD_OUTPUT else file


async def _erase(config_file: Path, reference: str, reason: str, approval: str | None) -> Erased:
    from swb.app.auditing import open_approvals, open_audit  # noqa: PLC0415 - slow to import
    from swb.app.evidence import open_erasing  # noqa: PLC0415 - slow to import
    from swb.core.approving import Act, Guarded  # noqa: PLC0415 - slow to import

    config = load_config(config_file)
    who = find_operator()
    async with open_erasing(config) as erasing:
        trail = await erasing.find(reference)
        act = Act(
            kind=Guarded.ERASE,
            action="evidence erase",
            subject=trail.document.conversation_id,
            arguments={"reason": reason},
        )
        async with open_approvals(config, who=who) as approvals:
            await approvals.enter(act, approval=approval)
        async with open_audit(config, create=True) as audit:
            enter = partial(audit.append, who=who, subject=act.subject)
            try:
                erased = await erasing.erase(reference, reason=reason, by=who, approval=approval)
            except SwbError as error:
                told = f"{error.family}: {error.code}"
                await enter(at=SystemClock().now(), action="evidence erase failed", detail=told)
                raise
            told = f"{len(erased.record.files)} files, record {erased.record.id}"
            await enter(at=SystemClock().now(), action="evidence erased", detail=told)
        return erased
