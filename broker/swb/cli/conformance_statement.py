"""``swb conformance statement`` and ``verify-statement``: what a report allows to be stated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError

from swb.cli.arguments import EXISTING_FILE, Moment, read_octets
from swb.cli.files import NEW_FILE, write_whole
from swb.cli.key_choosing import choose_key, key_options, sign_payload
from swb.cli.output import Answer
from swb.cli.trust_files import told_operator
from swb.clock import SystemClock
from swb_conformance.report import CarriedType
from swb_conformance.report_reading import REPORT_LIMIT
from swb_conformance.statement import (
    STATEMENT_LIMIT,
    Claimant,
    build_statement,
    check_reports,
    encode_statement,
    require_in_force,
    require_seed,
    verify_statement,
)
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.jws import assemble_jws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from swb_conformance.statement import Statement
    from swb_schemas.wire.certificates import Certificate

__all__ = ["sign_command", "verify_command"]

_CERTIFICATE_LIMIT = 65_536


@click.command("statement", short_help="Sign what a report says.")
@click.option(
    "--report",
    "reports",
    type=EXISTING_FILE,
    multiple=True,
    required=True,
    metavar="FILE",
    help="What `run --report` wrote; repeat it for each part of a profile.",
)
@click.option("--organisation", required=True, help="Who is responsible for the product.")
@click.option("--product", required=True, help="What was tried, by its name.")
@click.option("--product-version", required=True, help="Which version of it.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="What whoever relies on it gave for the run; needed where it was not drawn.",
)
@click.option("--at", type=Moment(), help="When it is stated; now.")
@click.option("--out", type=NEW_FILE, required=True, metavar="FILE", help="The statement.")
@key_options
def sign_command(  # noqa: PLR0917 - one for each option
    reports: tuple[Path, ...],
    organisation: str,
    product: str,
    product_version: str,
    seed: int | None,
    at: datetime | None,
    out: Path,
    key: Path | None,
    certificate: Path | None,
    pkcs12: Path | None,
    key_config: Path | None,
    passphrase: str | None,
) -> Answer:
    """State that a product passed a profile, and sign it by a P-256 key.

    A statement names who states it, of what, the profile, the document types, when, known
    deviations with their last day, and the digest of each report. None is made of a run that
    failed, or that did not try the whole profile, of a report whose sums are not those of its
    cases, or dated before the run ended or when the certificate is not valid. The seed of the run
    was drawn, or given by whoever relies on the statement: who knows it knows the questions.
    """
    chosen = choose_key(key, certificate, pkcs12, key_config, passphrase)
    try:
        claimant = Claimant(organisation=organisation, product=product, version=product_version)
    except ValidationError as cause:
        message = "expected organisation, product and version in 1 to 200 characters"
        raise click.UsageError(message) from cause
    with told_operator():
        statement = build_statement(
            [read_octets(each, limit=REPORT_LIMIT) for each in reports],
            claimant=claimant,
            stated_at=at or SystemClock().now(),
            seed=seed,
        )
        payload = encode_statement(statement)
        signer, value = asyncio.run(sign_payload(payload, chosen))
        require_in_force(statement, signer)
    write_whole(out, assemble_jws(payload, {signer.thumbprint: value}))
    return _answer(statement, signer)


@click.command("verify-statement", short_help="Verify a conformance statement.")
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--certificate",
    type=EXISTING_FILE,
    required=True,
    metavar="FILE",
    help="Of whoever may have signed it, in PEM, got out of band.",
)
@click.option(
    "--report",
    "reports",
    type=EXISTING_FILE,
    multiple=True,
    metavar="FILE",
    help="A report that it names; all of them, or none.",
)
@click.option("--seed", type=click.IntRange(0), help="The seed that was given for its runs.")
def verify_command(
    file: Path, certificate: Path, reports: tuple[Path, ...], seed: int | None
) -> Answer:
    """Verify who signed the statement in FILE, and tell what it says.

    With --report also that these are the reports that it rests on, and say what it says. It tells
    of a known deviation whose last day is over.

    Exit status: 0 it holds, 1 it does not.
    """
    signer = parse_pem_certificate(read_octets(certificate, limit=_CERTIFICATE_LIMIT))
    statement = verify_statement(read_octets(file, limit=STATEMENT_LIMIT), signers=[signer])
    if seed is not None:
        require_seed(statement, seed)
    if reports:
        check_reports(statement, [read_octets(each, limit=REPORT_LIMIT) for each in reports])
    return _answer(statement, signer, checked=len(reports), today=SystemClock().now().date())


def _answer(
    statement: Statement, signer: Certificate, *, checked: int = 0, today: date | None = None
) -> Answer:
    over = [each.case for each in statement.deviations if today and each.until < today]
    return Answer(
        value={
            "statement": statement.model_dump(mode="json"),
            "signer": signer.thumbprint,
            "reports_checked": checked,
            "deviations_over": over,
        },
        text="\n".join(_spell(statement, signer, checked, over)),
    )


def _spell(
    statement: Statement, signer: Certificate, checked: int, over: Sequence[str]
) -> Iterator[str]:
    claimant, system = statement.claimant, statement.system
    yield f"stated by  {claimant.organisation}"
    yield f"of         {claimant.product} {claimant.version}"
    yield f"answers as {system.get('name', 'a live system')} {system.get('version', '')}".rstrip()
    yield f"profile    {statement.profile}, suite {statement.suite}"
    if statement.seed_from != "none":
        yield f"seed       {statement.seed}, {statement.seed_from}"
    types = "; ".join(str(CarriedType(**each.model_dump())) for each in statement.types)
    yield f"types      {types or 'none named: tried with all'}"
    if statement.profile == "adapter":
        yield f"samples    {statement.samples or 'none: no national file was given'}"
    yield f"tried      {statement.tried_at:%Y-%m-%d %H:%M:%S} UTC"
    if statement.tried_since != statement.tried_at:
        yield f"since      {statement.tried_since:%Y-%m-%d %H:%M:%S} UTC, in a run that was kept"
    yield f"stated     {statement.stated_at:%Y-%m-%d %H:%M:%S} UTC"
    counts = f"{statement.passed} passed, {statement.skipped} skipped"
    yield f"result     {counts}, {len(statement.deviations)} deviating"
    for each in statement.deviations:
        until = f"until {each.until}{', which is over' if each.case in over else ''}"
        yield f"deviating  {each.case}: {each.reason} ({until})"
    for report in statement.reports:
        yield f"report     {report.digest}  {report.shard}{'  checked' if checked else ''}"
    yield f"signed by  {signer.thumbprint} ({signer.subject})"
