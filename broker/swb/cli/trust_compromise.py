"""``swb trust compromise``: a key is stolen, and the state's next list is not there yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Moment
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer, describe_finding
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.approving import Act, Guarded
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import parse_party_id
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.services.distrusting import AffectedDocument, Survey
    from swb_schemas.parties import PartyId

__all__ = ["compromise"]

_URN: Final = "urn:"
_SKEW: Final = timedelta(minutes=5)
"""By how much the clock of whoever tells of the theft may be ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    state: str
    party: PartyId | None


@click.command("compromise", short_help="State that a member's keys are stolen, or take it back.")
@click.argument("member", required=False)
@click.option(
    "--since", type=Moment(), help="When the keys were stolen, such as 2026-01-20T08:00Z."
)
@click.option(
    "--purpose",
    type=click.Choice([each.value for each in Purpose]),
    help="Only keys of this purpose; all, where it is left out.",
)
@click.option("--reason", metavar="TEXT", help="Who said so, and how; stands in the audit trail.")
@click.option("--lift", type=click.IntRange(1), metavar="NUMBER", help="Take a statement back.")
@click.option("--dry-run", is_flag=True, help="Only list what it would be about.")
@click.option("--approval", metavar="ID", help="Under two people: what the other one agreed to.")
@config_option("Configuration (TOML) of the gateway", "config_file")
def compromise(  # noqa: PLR0917 - one for each option
    member: str | None,
    since: datetime | None,
    purpose: str | None,
    reason: str | None,
    lift: int | None,
    dry_run: bool,
    approval: str | None,
    config_file: Path,
) -> Answer:
    """State that keys of MEMBER, a state's code or a party's URN, are stolen, at once.

    What these keys sealed since is refused from now on, and so is what they say is older while
    nothing proves it. Documents that wait for the national system are held, those that were
    delivered are marked QUARANTINED. The running daemon sees the statement by itself. It is about
    the certificates that are listed now: new ones that the state lists are not touched.
    """
    if lift is not None:
        if not reason or member is not None:
            raise click.UsageError("expected --lift NUMBER and --reason, and no MEMBER")
        return asyncio.run(_lift(config_file, lift, reason, approval))
    if member is None or since is None or not (reason or dry_run):
        raise click.UsageError("expected MEMBER, --since and --reason")
    if since > SystemClock().now() + _SKEW:
        message = f"expected a time that is past, found {format_instant(since)}"
        raise click.BadParameter(message, param_hint="--since")
    found = _parse_member(member)
    chosen = Purpose(purpose) if purpose else None
    return asyncio.run(
        _state(config_file, found, chosen, since, None if dry_run else reason, approval)
    )


def _parse_member(text: str) -> _Member:
    if not text.startswith(_URN):
        return _Member(name=text, state=text, party=None)
    try:
        party = parse_party_id(text)
    except RefusedError as cause:
        raise click.BadParameter(cause.message, param_hint="MEMBER") from cause
    return _Member(name=str(party), state=party.state, party=party)


async def _state(  # noqa: PLR0917 - what the command was given
    file: Path,
    member: _Member,
    purpose: Purpose | None,
    since: datetime,
    reason: str | None,
    approval: str | None,
) -> Answer:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import
    from swb.app.distrusting import open_distrusting  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_distrusting(config) as service:
        survey = await service.survey(
            state=member.state, party=member.party, purpose=purpose, since=since
        )
        await service.check_new(survey, member=member.name, purpose=purpose, since=since)
        findings = []
        if config.party.state == member.state:
            message = (
                f"{member.name} is of one's own state: the state's next list says it to everybody, "
                "this statement only to this gateway"
            )
            findings.append(
                Finding(
                    code="trust.own_member",
                    severity=Severity.WARN,
                    path=member.name,
                    message=message,
                    actor=Actor.OPERATOR,
                )
            )
        if reason is None:
            return _tell(None, survey, findings)
        act = Act(
            kind=Guarded.TRUST,
            action="trust compromise",
            subject=member.name,
            arguments={
                "since": format_instant(since),
                "purpose": purpose or "all",
                "reason": reason,
            },
        )
        async with open_approvals(config, who=find_operator()) as approvals:
            await approvals.enter(act, approval=approval)
        statement = await service.state(
            survey, member=member.name, purpose=purpose, since=since, reason=reason
        )
        return _tell(statement.number, survey, findings)


async def _lift(file: Path, number: int, reason: str, approval: str | None) -> Answer:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import
    from swb.app.distrusting import open_distrusting  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_distrusting(config) as service:
        act = Act(
            kind=Guarded.TRUST,
            action="trust compromise lifted",
            subject=f"statement {number}",
            arguments={"reason": reason},
        )
        async with open_approvals(config, who=find_operator()) as approvals:
            await approvals.enter(act, approval=approval)
        statement, released = await service.lift(number)
    told = f"lifted  statement {number} on {statement.member}: {released} document(s) released"
    return Answer(value={"lifted": number, "released": released}, text=told)


def _tell(number: int | None, survey: Survey, findings: Sequence[Finding]) -> Answer:
    parts = {"after": survey.after, "unproven": survey.unproven, "proven": survey.proven}
    return Answer(
        value={
            "statement": number,
            "certificates": [
                {
                    "party": each.party,
                    "purpose": each.purpose,
                    "certificate": each.certificate.thumbprint,
                    "until": format_instant(each.holds_until),
                }
                for each in survey.certificates
            ],
            **{name: [_describe(each) for each in found] for name, found in parts.items()},
            "findings": [describe_finding(each) for each in findings],
        },
        findings=findings,
        text="\n".join(_spell(number, survey)),
    )


def _describe(each: AffectedDocument) -> dict[str, object]:
    return {
        "document_id": each.record.document_id,
        "message_type": each.record.message_type,
        "certificate_key": each.record.certificate_key,
        "direction": each.record.direction,
        "sealed_at": format_instant(each.sealed_at),
        "proven_at": format_instant(each.proven_at),
        "proof": each.proof,
        "certificate": each.thumbprint,
    }


def _spell(number: int | None, survey: Survey) -> Iterator[str]:
    yield "nothing was stated" if number is None else f"statement {number}"
    yield "keys"
    for each in survey.certificates:
        yield f"  {each.party} {each.purpose}  {each.certificate.thumbprint}"
    for title, found in (
        ("quarantined: sealed since, by their own word", survey.after),
        ("quarantined: say that they are older, and nothing proves it", survey.unproven),
        ("stay valid: proven to be older", survey.proven),
    ):
        yield f"{title} ({len(found)})"
        for one in found:
            name = one.record.certificate_key or one.record.message_type
            sealed = format_instant(one.sealed_at)
            proof = f", {one.proof}" if one in survey.proven else ""
            yield f"  {one.record.document_id}  {name}  sealed {sealed}{proof}"
