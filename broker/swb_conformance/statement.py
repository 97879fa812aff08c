"""Conformance statements: who says of which product that it passed which profile, and when.

A statement is a JWS of the one form that states sign everything by (`swb_schemas.wire.jws`). It
names the digest of each report that it rests on, so that whoever has the reports sees that they are
those, and what stands in the statement is what stands in them. What it proves is who said so: the
runs were made by whoever signs, or by somebody whom they believe.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from swb_schemas.errors import RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, verify_jws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.wire.certificates import Certificate

__all__ = [
    "STATEMENT_LIMIT",
    "Claimant",
    "StatedDeviation",
    "StatedReport",
    "Statement",
    "build_statement",
    "check_reports",
    "encode_statement",
    "verify_statement",
]

STATEMENT_LIMIT: Final = 1_000_000
REPORT_LIMIT: Final = 200_000_000
_MOST_PARTS: Final = 999
Short = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0)]


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
    shard: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}/[1-9][0-9]{0,2}$")]


class StatedDeviation(_Form):
    """A case that failed and was known to.

    Attributes:
        case: Its name.
        reason: Why it fails.
    """

    case: Short
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Statement(_Form):
    """What is stated.

    Attributes:
        kind: Always the same.
        version: Of this form.
        claimant: Who states it, of which product.
        profile: What was tried.
        system: What the target said that it is.
        suite: Version of the suite.
        seed: From which the runs drew.
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
    suite: Short
    seed: Count
    tried_at: AwareDatetime
    stated_at: AwareDatetime
    passed: Count
    skipped: Count
    deviations: tuple[StatedDeviation, ...]
    reports: Annotated[tuple[StatedReport, ...], Field(min_length=1, max_length=_MOST_PARTS)]


def build_statement(
    reports: Sequence[bytes], *, claimant: Claimant, stated_at: datetime
) -> Statement:
    """Make the statement that some reports allow.

    Args:
        reports: Files of reports: one of the whole profile, or one for each part of it.
        claimant: Who states it, of which product.
        stated_at: When.

    Raises:
        RefusedError: ``conformance.report``: one is no report, or they do not belong together;
            ``conformance.not_passed``: a case failed, or cases are missing.
    """
    told = [_read_report(raw) for raw in reports]
    first = told[0]
    same = ("profile", "suite", "system", "seed")
    if any(each[name] != first[name] for each in told for name in same):
        message = "expected reports of one profile, suite, system and seed"
        raise RefusedError("conformance.report", message)
    _require_passed(told)
    try:
        return Statement(
            claimant=claimant,
            profile=first["profile"],
            system=first["system"],
            suite=first["suite"],
            seed=first["seed"],
            tried_at=max(_read_moment(each["ended"]) for each in told),
            stated_at=stated_at,
            passed=sum(each["passed"] for each in told),
            skipped=sum(each["skipped"] for each in told),
            deviations=tuple(
                StatedDeviation(case=case["name"], reason=case["deviation"])
                for each in told
                for case in each["cases"]
                if case["status"] == "deviating"
            ),
            reports=tuple(
                StatedReport(digest=digest_text_of(raw), shard=each["shard"])
                for raw, each in zip(reports, told, strict=True)
            ),
        )
    except (ValidationError, KeyError, TypeError, ValueError) as cause:
        message = f"expected reports of the suite, found {str(cause)[:200]}"
        raise RefusedError("conformance.report", message) from cause


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
        RefusedError: ``conformance.jws``, ``conformance.unsigned``, ``conformance.signature``.
    """
    members = parse_json(raw, code="conformance.jws", limit=STATEMENT_LIMIT)
    signed = verify_jws(members, roots=signers, code="conformance", limit=STATEMENT_LIMIT)
    try:
        return Statement.model_validate_json(signed.payload)
    except ValidationError as cause:
        first = cause.errors(include_input=False, include_url=False)[0]
        where = "/".join(str(each) for each in first["loc"])
        message = f"expected a conformance statement of version 1: {where}: {first['msg']}"
        raise RefusedError("conformance.jws", message[:300]) from cause


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
    again = build_statement(ordered, claimant=statement.claimant, stated_at=statement.stated_at)
    if again != statement:
        message = "expected the statement to say what its reports say, found something else"
        raise RefusedError("conformance.report", message)


def _read_report(raw: bytes) -> dict[str, Any]:
    value = parse_json(raw, code="conformance.report", limit=REPORT_LIMIT)
    form = ("swb-conformance-report", 1)
    if not isinstance(value, dict) or (value.get("kind"), value.get("version")) != form:
        raise RefusedError("conformance.report", "expected a report of swb conformance run")
    needed = {
        "profile", "suite", "system", "seed", "shard", "ended", "passed", "skipped", "failed",
        "passes", "only", "cut_short", "cases",
    }  # fmt: skip
    if missing := sorted(needed - set(value)):
        raise RefusedError("conformance.report", f"expected {missing[0]} in a report, found none")
    return value


def _require_passed(reports: Sequence[dict[str, Any]]) -> None:
    if any(each["failed"] or each["cut_short"] for each in reports):
        message = "expected reports without a failed case, found some that failed"
        raise RefusedError("conformance.not_passed", message)
    if any(each["only"] for each in reports):
        message = "expected reports of all cases, found one of a selection"
        raise RefusedError("conformance.not_passed", message)
    shards = sorted(str(each["shard"]) for each in reports)
    parts = shards[0].rpartition("/")[2]
    whole = (
        sorted(f"{part}/{parts}" for part in range(1, int(parts) + 1)) if parts.isdecimal() else []
    )
    if shards != whole:
        message = f"expected a report of every part, once, found {', '.join(shards)[:200]}"
        raise RefusedError("conformance.not_passed", message)
    if not any(each["passed"] for each in reports):
        raise RefusedError("conformance.not_passed", "expected cases that passed, found none")


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
