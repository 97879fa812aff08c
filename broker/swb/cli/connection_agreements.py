"""``swb connections draft`` and ``verify``: what two states sign about their connections."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, FILE_OR_STDIN, read_octets, state_codes
from swb.cli.files import write_new
from swb.cli.options import trust_option
from swb.cli.output import Answer
from swb.cli.trust_bundles import read_bundle
from swb.clock import SystemClock
from swb_schemas.connection_agreement import AgreementForm, encode_agreement, verify_agreement
from swb_schemas.connections import parse_connections
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.pair_report import COUNTS_FOR, find_untested, verify_pair_report
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.connections import Connection
    from swb_schemas.pair_report import PairReport

__all__ = ["draft", "verify"]

_LIMIT: Final = 1_000_000
_A_PAIR: Final = 2


@click.command("draft", short_help="Draft an agreement for two states to sign.")
@click.argument("table", type=EXISTING_FILE)
@click.option(
    "--states", required=True, callback=state_codes, metavar="CODES", help="The two, as TH,VN."
)
@click.option(
    "--environment",
    type=click.Choice([Environment.TEST.value, Environment.PRODUCTION.value]),
    default=Environment.PRODUCTION.value,
    show_default=True,
    help="Whose roots sign it.",
)
@click.option(
    "--number",
    required=True,
    type=click.IntRange(1, 999_999_999),
    help="Greater than that of the agreement before.",
)
@click.option(
    "--tested",
    type=EXISTING_FILE,
    metavar="REPORT",
    help="The pair report that both signed: what lines may leave TEST by, in production.",
)
@click.option(
    "--tested-trust",
    type=EXISTING_FILE,
    metavar="BUNDLE",
    help="The trust bundle of the test environment by which the pair was tried, the same file.",
)
@click.option(
    "--tested-within",
    metavar="DAYS",
    type=click.IntRange(1, 3650),
    default=COUNTS_FOR.days,
    show_default=True,
    help="How old the report may be.",
)
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The draft; refused where there is such a file.",
)
def draft(  # noqa: PLR0917 - one for each option
    table: Path,
    states: tuple[str, ...],
    environment: str,
    number: int,
    tested: Path | None,
    tested_trust: Path | None,
    tested_within: int,
    out: Path,
) -> Answer:
    """Draft an agreement out of the lines of TABLE (TOML) between two states.

    Both states sign the draft with `swb trust sign`, each with as many roots as its quorum asks
    for. Then it goes into the folder that [connections] agreements names, on both gateways and the
    router.
    """
    if len(states) != _A_PAIR:
        raise click.BadParameter("expected two states", param_hint="--states")
    known = parse_connections(read_octets(table, limit=_LIMIT)).connections
    lines = tuple(each for each in known if {each.from_state, each.to_state} == set(states))
    now = SystemClock().now()
    report = None
    if tested is not None:
        counts_for = timedelta(days=tested_within)
        report = _read_report(tested, tested_trust, states, at=now, counts_for=counts_for)
    if environment == Environment.PRODUCTION:
        _require_tested(lines, report)
    form = AgreementForm.model_validate(
        {
            "states": tuple(sorted(states)),
            "environment": environment,
            "number": number,
            "issued": now.replace(microsecond=0),
            "connections": lines,
            "tested": report.payload_digest if report else None,
        }
    )
    payload = encode_agreement(form)
    write_new(out, assemble_jws(payload, {}), exists="connection.draft_exists")
    digest = digest_text_of(payload)
    text = "\n".join([f"draft   {out}", f"digest  {digest}", *map(_spell, lines)])
    return Answer(
        value={
            "draft": str(out),
            "digest": digest,
            "number": number,
            "connections": [_describe(each) for each in lines],
        },
        text=text,
    )


@click.command("verify", short_help="Verify an agreement that two states signed.")
@click.argument("file", type=FILE_OR_STDIN)
@trust_option("A trust bundle with the roots of both states.")
def verify(file: str, bundle: Path) -> Answer:
    """Verify that the quorum of either state signed the agreement in FILE, and show its lines."""
    trust = parse_trust_bundle(read_bundle(bundle))
    found = verify_agreement(read_octets(file, limit=_LIMIT), trust=trust)
    head = f"valid: {' and '.join(found.states)}, number {found.number}, {found.payload_digest}"
    return Answer(
        value={
            "verdict": "valid",
            "states": list(found.states),
            "number": found.number,
            "digest": found.payload_digest,
            "connections": [_describe(each) for each in found.connections],
        },
        text="\n".join([head, *map(_spell, found.connections)]),
    )


def _read_report(
    tested: Path,
    bundle: Path | None,
    states: tuple[str, ...],
    *,
    at: datetime,
    counts_for: timedelta,
) -> PairReport:
    if bundle is None:
        raise click.UsageError("expected --tested-trust with the bundle of the test environment")
    report = verify_pair_report(
        read_octets(tested, limit=_LIMIT),
        bundle=read_bundle(bundle),
        at=at,
        counts_for=counts_for,
    )
    if set(report.states) != set(states):
        message = f"expected a pair report of {' and '.join(states)}, found {report.states}"
        raise RefusedError("connection.untested", message, actor=Actor.OPERATOR)
    return report


def _require_tested(lines: Sequence[Connection], report: PairReport | None) -> None:
    untested = find_untested(lines, report)
    if untested:
        first = untested[0]
        more = f"; {len(untested) - 1} more" if len(untested) > 1 else ""
        message = (
            f"expected a pair report that tried {first.message_type} {first.agreement} from "
            f"{first.from_state} to {first.to_state} before it is {first.state}, found none{more}"
        )
        raise RefusedError("connection.untested", message, actor=Actor.OPERATOR)


def _describe(line: Connection) -> dict[str, object]:
    return line.model_dump(mode="json", by_alias=True)


def _spell(line: Connection) -> str:
    terms = line.terms
    bodies = "protected" if terms.protected else "clear"
    return (
        f"  {line.from_state} to {line.to_state}  {line.message_type}  {line.agreement}  "
        f"{line.state}  {bodies}"
    )
