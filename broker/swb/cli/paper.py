"""``swb paper``: certificates that were used on paper while the exchange had failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Day, Reason
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer, describe_finding
from swb.clock import SystemClock
from swb.config import load_config
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from swb.config import Config, PartyConfig
    from swb.services.paper import Matched
    from swb_schemas.findings import Finding
    from swb_schemas.wire.print_verification import VerifiedPrint
    from swb_schemas.wire.printed_fields import PrintedFields

__all__ = ["command"]

_ONE_DAY: Final = timedelta(days=1)

_CONFIG: Final = config_option("The gateway's configuration (TOML)", "config_file")


@click.group("paper", short_help="Record certificates that were used on paper.")
def command() -> None:
    """Record certificates that were used on paper, so that none is used twice.

    A certificate that is recorded before it comes electronically is handed over with the finding
    paper.already_used. What customs answers afterwards may give preference to it only by the number
    of the declaration that is recorded; anything else is refused (submission.used_on_paper).
    """


@command.command("record", short_help="Record that a certificate was used on paper.")
@click.argument("key", required=False)
@_CONFIG
@click.option(
    "--code",
    "print_",
    metavar="FILE-OR-TEXT",
    help="In place of KEY: a scan, photograph or PDF of the printed certificate, or the text of "
    "its code. It is verified by the gateway's own trust bundle first.",
)
@click.option("--on", "used_on", required=True, type=Day(), help="Day of the declaration.")
@click.option(
    "--declaration", metavar="NUMBER", default="", help="Number of the customs declaration."
)
def record(
    key: str | None, config_file: Path, print_: str | None, used_on: date, declaration: str
) -> Answer:
    """Record that the certificate KEY (STATE:office:number) was used on paper.

    With --code the certificate is the one that the printed code names, once that is found to be
    signed by its issuer's seal, of this gateway's environment, for its state, and to hold on the
    day of the declaration; it must be the document that came electronically, where one did. Then
    the number of the declaration is needed, by which a second use is told from the same one.

    It is refused where preference was given to the same certificate electronically, by another
    declaration, and where another use of it is recorded, in whatever spelling. Where the
    certificate came electronically it is recorded as that is spelled. Recording the same use again
    changes nothing.
    """
    today = SystemClock().now().date()
    if used_on > today + _ONE_DAY:  # somewhere it is tomorrow already
        message = f"expected a day that has begun, and it is {today}, found {used_on}"
        raise click.BadParameter(message, param_hint="--on")
    if (key is None) == (print_ is None):
        message = "expected either KEY or --code"
        raise click.UsageError(message)
    if print_ is not None and not declaration.strip():
        message = "expected the number of the declaration with --code"
        raise click.BadParameter(message, param_hint="--declaration")
    matched, findings = asyncio.run(_record(config_file, key or "", print_, used_on, declaration))
    return Answer(
        value=_describe(matched) | {"findings": [describe_finding(each) for each in findings]},
        text=_spell(matched),
        findings=findings,
    )


@command.command("withdraw", short_help="Take back a use that was recorded by mistake.")
@click.argument("key")
@_CONFIG
@click.option(
    "--reason", type=Reason(), metavar="TEXT", required=True, help="Why, for the audit trail."
)
def withdraw(key: str, config_file: Path, reason: str) -> Answer:
    """Take back that KEY, spelled as swb paper list shows it, was used on paper.

    For a record that was a mistake: afterwards customs may give preference electronically.
    """
    recorded = asyncio.run(_withdraw(config_file, key, reason))
    return Answer(value={"withdrawn": recorded}, text=f"withdrawn: {recorded}")


@command.command("list", short_help="List certificates that were used on paper.")
@click.argument("key", default="")
@_CONFIG
def list_(key: str, config_file: Path) -> Answer:
    """List what was used on paper: all, or KEY in any spelling, beside what came electronically."""
    found = asyncio.run(_list(config_file, key))
    return Answer(
        value={"uses": [_describe(each) for each in found]},
        text="\n".join(map(_spell, found)) or "nothing was used on paper",
    )


async def _record(
    config_file: Path, key: str, print_: str | None, used_on: date, declaration: str
) -> tuple[Matched, Sequence[Finding]]:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.parts import fetch_connections  # noqa: PLC0415 - as above
    from swb.app.reconciliation import open_paper  # noqa: PLC0415 - as above

    config = load_config(config_file)
    who = find_operator()
    found = None if print_ is None else await _read_print(config, print_, used_on)
    fields = found.codes[0].fields if found else None
    if fields is not None:
        key = fields.certificate_key
    issuing, own = key.partition(":")[0].upper(), config.party.state
    if issuing == own or issuing not in (await fetch_connections(config)).members:
        message = f"expected a certificate of a state that {own} is connected with, found {key!r}"
        raise click.BadParameter(message, param_hint="KEY")
    async with open_paper(config) as (desk, clock), open_audit(config, create=True) as trail:
        detail = f"{used_on.isoformat()} {declaration}".strip() + (", by code" if print_ else "")

        async def enter(subject: str) -> None:
            await trail.append(
                at=clock.now(), who=who, action="paper record", subject=subject, detail=detail
            )

        matched = await desk.record(
            key,
            used_on=used_on,
            declaration=declaration,
            who=who,
            enter=enter,
            digest=f"sha-256:{fields.digest.hex()}" if fields else "",
        )
        return matched, found.findings if found else ()


async def _read_print(config: Config, print_: str, used_on: date) -> VerifiedPrint:
    """Verify the codes on a printed certificate, and that it may be used here on that day.

    Raises:
        RefusedError: ``print_code.*``, ``certificate.*``, ``signature.value``,
            ``environment.wrong``; ``print_code.destination``: it is for another state;
            ``paper.outside_validity``: its last day was before that of the declaration.
        UndeterminedError: ``trust.*``, ``certificate.status_unknown``.
        UnavailableError: ``render.not_installed``, ``trust.unreachable``.
    """
    from swb.app.printing import fetch_trust  # noqa: PLC0415 - slow to import
    from swb.cli.verify_print import list_codes, verify_codes  # noqa: PLC0415 - as above

    trust = await fetch_trust(config)
    found = verify_codes(list_codes(print_), trust, SystemClock().now())
    _require_usable(found.codes[0].fields, config.party, used_on)
    return found


def _require_usable(fields: PrintedFields, party: PartyConfig, used_on: date) -> None:
    if fields.environment is not party.environment:
        message = f"expected a certificate of {party.environment}, found {fields.environment}"
        raise RefusedError("environment.wrong", message)
    if fields.destination != party.state:
        message = f"expected a certificate for {party.state}, found {fields.destination}"
        raise RefusedError("print_code.destination", message, actor=Actor.OPERATOR)
    if fields.valid_until is not None and used_on > fields.valid_until:
        message = f"expected a declaration until {fields.valid_until}, found one of {used_on}"
        raise RefusedError("paper.outside_validity", message, actor=Actor.OPERATOR)


async def _withdraw(config_file: Path, key: str, reason: str) -> str:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.reconciliation import open_paper  # noqa: PLC0415 - as above

    config = load_config(config_file)
    async with open_paper(config) as (desk, clock), open_audit(config, create=True) as trail:
        who = find_operator()

        async def enter(subject: str) -> None:
            await trail.append(
                at=clock.now(), who=who, action="paper withdraw", subject=subject, detail=reason
            )

        return await desk.withdraw(key, enter=enter)


async def _list(config_file: Path, key: str) -> Sequence[Matched]:
    from swb.app.reconciliation import open_paper  # noqa: PLC0415 - slow to import

    async with open_paper(load_config(config_file)) as (desk, _):
        return await desk.list_uses(key)


def _describe(matched: Matched) -> dict[str, object]:
    use, document = matched.use, matched.document
    return {
        "certificate_key": use.certificate_key,
        "used_on": use.used_on.isoformat(),
        "declaration": use.declaration or None,
        "recorded_by": use.who,
        "recorded_at": format_instant(use.recorded_at),
        "electronic": {
            "document_id": document.document_id,
            "certificate_key": document.certificate_key,
            "status": matched.status or None,
        }
        if document
        else None,
        "other_spellings": list(matched.other_spellings),
        "uses": 1,
    }


def _spell(matched: Matched) -> str:
    use = matched.use
    number = f", declaration {use.declaration}" if use.declaration else ""
    lines = [f"{use.certificate_key}  used on paper on {use.used_on.isoformat()}{number}"]
    if matched.document is not None:
        status = matched.status or "nothing known"
        key = matched.document.certificate_key
        spelled = f" ({key})" if key != use.certificate_key else ""
        lines.append(
            f"  the same came electronically as {matched.document.document_id}{spelled}: {status}; "
            "it is one use"
        )
    lines += [f"  also recorded as {each}" for each in matched.other_spellings]
    return "\n".join(lines)
