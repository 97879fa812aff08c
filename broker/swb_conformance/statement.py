"""Conformance statements: who says of which product that it passed which profile, and when.

A statement is a JWS of the one form that states sign everything by (`swb_schemas.wire.jws`). It
names the digest of each report that it rests on, so that whoever has the reports sees that they are
those, and what stands in the statement is what stands in them. What it proves is who said so: the
runs were made by whoever signs, or by somebody whom they believe.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from swb_conformance.events import Standing
from swb_conformance.report import find_unshown
from swb_conformance.report_reading import Count, Part, Short, parse_report
from swb_conformance.requirements import load_profiles
from swb_schemas.errors import RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, read_unverified_jws, verify_jws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_conformance.report_reading import ReadReport
    from swb_schemas.wire.certificates import Certificate

__all__ = [
    "STATEMENT_LIMIT",
    "Claimant",
    "StatedDeviation",
    "StatedReport",
    "StatedType",
    "Statement",
    "build_statement",
    "check_reports",
    "encode_statement",
    "require_in_force",
    "require_seed",
    "verify_statement",
]

STATEMENT_LIMIT: Final = 1_000_000
_MOST_PARTS: Final = 999
LONGEST_RUN: Final = timedelta(days=30)
"""From the first case of a run that counts to its end: so long a product stays the same."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Claimant(_Form):
    """Who states something of which product.

    Attributes:
        organisation: Who is responsible for the product.
        product: What was tried, by its name.
        version: Which version of it.
    """

    organisation: Short
    product: Short
    version: Short


class StatedReport(_Form):
    """A report that a statement rests on.

    Attributes:
        digest: ``sha-256:<hex>`` of its file.
        shard: Which part of the profile it tried; ``1/1`` is all.
    """

    digest: Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]
    shard: Part


class StatedDeviation(_Form):
    """A case that failed and was known to.

    Attributes:
        case: Its name.
        reason: Why it fails.
        until: Last day on which that is to be so.
    """

    case: Short
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    until: date


class StatedType(_Form):
    """A document type that was tried, because the target said that it carries it.

    Attributes:
        message_type: Its name in the catalogue.
        agreements: Under which agreements; empty is all.
        reads: Whether the target reads documents of it.
        writes: Whether it writes them.
    """

    message_type: Short
    agreements: tuple[Short, ...]
    reads: bool
    writes: bool


class Statement(_Form):
    """What is stated.

    Attributes:
        kind: Always the same.
        version: Of this form.
        claimant: Who states it, of which product.
        profile: What was tried.
        system: What the target said that it is.
        types: Document types that were tried; empty where the target named none: all were.
        suite: Version of the suite.
        seed: From which the runs drew.
        samples: How many national files were given for the runs.
        seed_from: ``drawn`` for the run; ``given`` by whoever relies on the statement, as the
            claimant says; ``none`` of a profile on the wire, which draws nothing.
        tried_since: When the first case ended that counts, where a run was kept and gone on with;
            else as `tried_at`.
        tried_at: When the last run ended.
        stated_at: When it was stated.
        passed: Cases that passed.
        skipped: Cases that were skipped.
        deviations: Cases that failed and were known to.
        reports: What it rests on.
    """

    kind: Literal["swb-conformance-statement"] = "swb-conformance-statement"
    version: Literal[1] = 1
    claimant: Claimant
    profile: Short
    system: dict[str, str]
    types: tuple[StatedType, ...]
    suite: Short
    seed: Count
    samples: Count
    seed_from: Literal["drawn", "given", "none"]
    tried_since: AwareDatetime
    tried_at: AwareDatetime
    stated_at: AwareDatetime
    passed: Count
    skipped: Count
    deviations: tuple[StatedDeviation, ...]
    reports: Annotated[tuple[StatedReport, ...], Field(min_length=1, max_length=_MOST_PARTS)]


def build_statement(
    reports: Sequence[bytes], *, claimant: Claimant, stated_at: datetime, seed: int | None = None
) -> Statement:
    """Make the statement that some reports allow.

    Args:
        reports: Files of reports: one of the whole profile, or one for each part of it.
        claimant: Who states it, of which product.
        stated_at: When.
        seed: What whoever relies on the statement gave, so that nobody could prepare the answers;
            None where it was drawn for the run.

    Raises:
        RefusedError: ``conformance.report``: one is no report, says in sum what its cases do not
            say, or they do not belong together; ``conformance.not_passed``: a case failed, or cases
            are missing; ``conformance.dated``: it would be dated before its runs ended;
            ``conformance.seed``: the claimant chose it.
    """
    told = [parse_report(raw) for raw in reports]
    first = told[0]
    same = ("profile", "suite", "system", "types", "seed", "samples")
    if any(getattr(each, name) != getattr(first, name) for each in told for name in same):
        message = "expected reports of one profile, suite, system, document types, seed and samples"
        raise RefusedError("conformance.report", message)
    cases = [case for each in told for case in each.cases]
    if len({case.name for case in cases}) != len(cases):
        message = "expected each case in one part, found some in several"
        raise RefusedError("conformance.report", message)
    _require_passed(told)
    ends = [each.ended for each in told]
    since = min([*ends, *(case.told_at for case in cases if case.told_at is not None)])
    if max(ends) - since > LONGEST_RUN:
        message = (
            f"expected cases that were tried within {LONGEST_RUN.days} days, found some of "
            f"{since:%F}: begin a new run"
        )
        raise RefusedError("conformance.dated", message)
    _require_seed(told, seed)
    try:
        statement = Statement(
            claimant=claimant,
            profile=first.profile,
            system=first.system,
            types=tuple(StatedType.model_validate(each.model_dump()) for each in first.types),
            suite=first.suite,
            seed=first.seed,
            samples=first.samples,
            seed_from=_tell_seed(first, seed),
            tried_since=_cut_to_milliseconds(since),
            tried_at=max(_cut_to_milliseconds(each.ended) for each in told),
            stated_at=stated_at,
            passed=sum(each.passed for each in told),
            skipped=sum(each.skipped for each in told),
            deviations=tuple(
                StatedDeviation(case=case.name, reason=case.deviation or "", until=case.until)
                for case in cases
                if case.status is Standing.DEVIATING and case.until
            ),
            reports=tuple(
                StatedReport(digest=digest_text_of(raw), shard=each.shard)
                for raw, each in zip(reports, told, strict=True)
            ),
        )
    except ValidationError as cause:
        message = f"expected reports of the suite, found {str(cause)[:200]}"
        raise RefusedError("conformance.report", message) from cause
    _require_dated(statement)
    return statement


def require_in_force(statement: Statement, signer: Certificate) -> None:
    """Require the certificate that signs a statement to be valid when it is stated.

    Raises:
        RefusedError: ``conformance.dated``.
    """
    if not signer.valid_from <= statement.stated_at <= signer.valid_until:
        message = (
            f"expected a certificate that is valid when it is stated, {statement.stated_at:%F %T} "
            f"UTC, found {signer.subject}, valid from {signer.valid_from:%F %T} until "
            f"{signer.valid_until:%F %T} UTC"
        )
        raise RefusedError("conformance.dated", message)


def encode_statement(statement: Statement) -> bytes:
    """Write the payload that is signed."""
    return json.dumps(
        statement.model_dump(mode="json"), separators=(",", ":"), sort_keys=True
    ).encode()


def verify_statement(raw: bytes, *, signers: Sequence[Certificate]) -> Statement:
    """Read a statement that one of some certificates signed.

    Args:
        raw: The JWS.
        signers: Certificates of those whose word counts.

    Raises:
        RefusedError: ``conformance.jws``; ``conformance.unsigned``; ``conformance.signer``:
            somebody else signed it; ``conformance.signature``; ``conformance.dated``: it is dated
            before its runs ended, or when the certificate was not valid.
    """
    members = parse_json(raw, code="conformance.jws", limit=STATEMENT_LIMIT)
    _, claimed = read_unverified_jws(members, code="conformance", limit=STATEMENT_LIMIT)
    if not claimed.keys() & {each.thumbprint for each in signers}:
        expected = " or ".join(f"{each.subject} ({each.thumbprint})" for each in signers)
        if not claimed:
            message = f"expected a signature by {expected}, found none"
            raise RefusedError("conformance.unsigned", message)
        message = f"expected a signature by {expected}, found one by {', '.join(claimed)}"
        raise RefusedError("conformance.signer", message)
    signed = verify_jws(members, roots=signers, code="conformance", limit=STATEMENT_LIMIT)
    try:
        statement = Statement.model_validate_json(signed.payload)
    except ValidationError as cause:
        first = cause.errors(include_input=False, include_url=False)[0]
        where = "/".join(str(each) for each in first["loc"])
        message = f"expected a conformance statement of version 1: {where}: {first['msg']}"
        raise RefusedError("conformance.jws", message[:300]) from cause
    _require_dated(statement)
    for each in signed.signers:
        require_in_force(statement, each)
    return statement


def check_reports(statement: Statement, reports: Sequence[bytes]) -> None:
    """Require reports to be those of a statement, and to say what it says.

    Raises:
        RefusedError: ``conformance.report``: another one, one is missing, or another result.
    """
    expected = {each.digest for each in statement.reports}
    found = {digest_text_of(raw) for raw in reports}
    if found != expected:
        message = (
            f"expected the {len(expected)} report(s) that the statement names, found "
            f"{len(found & expected)} of them and {len(found - expected)} other(s)"
        )
        raise RefusedError("conformance.report", message)
    ordered = sorted(
        reports,
        key=lambda raw: [each.digest for each in statement.reports].index(digest_text_of(raw)),
    )
    again = build_statement(
        ordered,
        claimant=statement.claimant,
        stated_at=statement.stated_at,
        seed=statement.seed if statement.seed_from == "given" else None,
    )
    if again != statement:
        message = "expected the statement to say what its reports say, found something else"
        raise RefusedError("conformance.report", message)


def _require_passed(reports: Sequence[ReadReport]) -> None:
    if any(each.failed or each.cut_short for each in reports):
        message = "expected reports without a failed case, found some that failed"
        raise RefusedError("conformance.not_passed", message)
    if any(each.only for each in reports):
        message = "expected reports of all cases, found one of a selection"
        raise RefusedError("conformance.not_passed", message)
    shards = sorted(each.shard for each in reports)
    parts = int(shards[0].rpartition("/")[2])
    if shards != sorted(f"{part}/{parts}" for part in range(1, parts + 1)):
        message = f"expected a report of every part, once, found {', '.join(shards)[:200]}"
        raise RefusedError("conformance.not_passed", message)
    unshown = find_unshown(
        (case.requirements, case.status, case.declared) for each in reports for case in each.cases
    )
    if unshown:
        message = f"expected each requirement to be shown by a case, found none of {unshown[0]}"
        raise RefusedError("conformance.not_passed", message)
    if not any(each.passed for each in reports):
        raise RefusedError("conformance.not_passed", "expected cases that passed, found none")


def require_seed(statement: Statement, seed: int) -> None:
    """Require the runs of a statement to have drawn from a seed that somebody gave for them.

    Raises:
        RefusedError: ``conformance.seed``.
    """
    if statement.seed != seed:
        message = f"expected runs that drew from the seed {seed}, found {statement.seed}"
        raise RefusedError("conformance.seed", message)


def _tell_seed(report: ReadReport, seed: int | None) -> Literal["drawn", "given", "none"]:
    if load_profiles()[report.profile].live:
        return "none"
    return "drawn" if seed is None else "given"


def _require_seed(reports: Sequence[ReadReport], seed: int | None) -> None:
    """Who chooses the seed knows the questions beforehand: that is not to be the claimant."""
    first = reports[0]
    if first.profile not in load_profiles():
        raise RefusedError("conformance.report", f"expected a profile, found {first.profile!r}")
    if load_profiles()[first.profile].live:
        return
    if seed is None and not all(each.seed_drawn for each in reports):
        message = (
            "expected a run whose seed was drawn (without --seed), or --seed with what whoever "
            f"relies on the statement gave; found {first.seed}, given to the run"
        )
        raise RefusedError("conformance.seed", message)
    if seed is not None and first.seed != seed:
        message = f"expected runs that drew from the seed {seed}, found {first.seed}"
        raise RefusedError("conformance.seed", message)


def _require_dated(statement: Statement) -> None:
    if statement.stated_at < statement.tried_at:
        message = (
            f"expected a statement of {statement.tried_at.isoformat()} or later, when its last run "
            f"ended, found one of {statement.stated_at.isoformat()}"
        )
        raise RefusedError("conformance.dated", message)


def _cut_to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
