"""What two states found when they tried their connections with each other, signed by both.

A pair report is JSON in JWS General form, as a connection agreement is. It says which lines were
tried in the test environment, and what every case came to. With the quorum of both states' test
roots under it, it is what lets a connection leave TEST in production.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from swb_schemas.connection_agreement import require_quorum
from swb_schemas.connections import Connection, ConnectionState
from swb_schemas.documents.elements import CountryCode, Instant
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, read_unverified_jws
from swb_schemas.wire.trust_list import TrustForm, parse_form
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "COUNTS_FOR",
    "PAIR_REPORT_FORMAT",
    "PAIR_WIDE",
    "PairReport",
    "PairReportForm",
    "TriedCase",
    "TriedLine",
    "encode_pair_report",
    "find_untested",
    "verify_pair_report",
]

PAIR_REPORT_FORMAT: Final = "urn:swb:pair-report:1"
PAIR_WIDE: Final = (
    "pair/trust/both-pinned-the-same-roots",
    "pair/trust/both-believe-the-same-lists",
    "pair/notice/first-state-declares-an-outage",
    "pair/notice/second-state-declares-an-outage",
    "pair/day/each-received-what-the-other-sent",
)
"""Cases about the pair: no line is tried unless they passed."""
COUNTS_FOR: Final = timedelta(days=90)
"""How long a report counts after its run ended, where nothing else was agreed on."""
_SKEW: Final = timedelta(minutes=5)
"""By how much clocks may differ."""
_LIMIT: Final = 1_000_000
_BEYOND: Final = frozenset({ConnectionState.PARALLEL, ConnectionState.LIVE})


class TriedLine(TrustForm, title="tried line"):
    """A line of the table of connections that was tried.

    Attributes:
        from_state: Whose authority issues.
        to_state: Whose authority receives.
        message_type: Name in the catalogue.
        agreement: Empty for types that have none.
    """

    from_state: CountryCode = Field(alias="from")
    to_state: CountryCode = Field(alias="to")
    message_type: str
    agreement: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """By which a connection is told from others."""
        return self.from_state, self.to_state, self.message_type, self.agreement

    @property
    def name(self) -> str:
        """As the names of cases about it end."""
        return "-".join(filter(None, self.key))


class TriedCase(TrustForm, title="tried case"):
    """What one case came to."""

    name: str
    standing: Literal["passed", "failed", "skipped", "deviating"]


class PairReportForm(TrustForm, title="pair report"):
    """A pair report, as it is written.

    Attributes:
        format: Names the major version.
        states: The two, in alphabetical order.
        environment: Where they were tried.
        ended: When the run ended.
        suite: Version of the suite.
        trust: Digest of the trust bundle by which everything was verified.
        tried: Lines that were tried whole: every case about them passed.
        cases: All cases.
    """

    format: Literal["urn:swb:pair-report:1"] = "urn:swb:pair-report:1"
    states: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
    environment: Literal["test"] = "test"
    ended: Instant
    suite: str
    trust: str
    tried: Annotated[tuple[TriedLine, ...], Field(max_length=1000)]
    cases: Annotated[tuple[TriedCase, ...], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _speaks_of_its_pair(self) -> Self:
        if tuple(sorted(set(self.states))) != self.states:
            msg = "expected two states in alphabetical order"
            raise ValueError(msg)
        if any({each.from_state, each.to_state} != set(self.states) for each in self.tried):
            msg = "expected lines between these two states only"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _says_what_its_cases_say(self) -> Self:
        """A line is tried where its road, all about it, and all about the pair passed."""
        passed = {each.name for each in self.cases if each.standing == "passed"}
        left = {each.name for each in self.cases} - passed
        for line in self.tried:
            missing = {*PAIR_WIDE, f"pair/road/{line.name}", f"pair/rules/{line.name}"} - passed
            missing |= {name for name in left if name.rpartition("/")[2] == line.name}
            if missing:
                msg = f"expected {min(missing)} to have passed, for {line.name} stands as tried"
                raise ValueError(msg)
        return self

    @property
    def passes(self) -> bool:
        """Whether nothing failed, and something passed."""
        standings = {each.standing for each in self.cases}
        return "failed" not in standings and "passed" in standings


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """A pair report that both states signed, and that passes.

    Attributes:
        states: The two.
        payload_digest: ``sha-256:<hex>`` of the signed payload.
        tried: The lines that may leave TEST.
    """

    states: tuple[str, ...]
    payload_digest: str
    tried: frozenset[tuple[str, str, str, str]]


def encode_pair_report(form: PairReportForm) -> bytes:
    """Write the payload of a pair report."""
    members = {
        "format": form.format,
        "states": list(form.states),
        "environment": form.environment,
        "ended": format_instant(form.ended),
        "suite": form.suite,
        "trust": form.trust,
        "tried": [each.model_dump(mode="json", by_alias=True) for each in form.tried],
        "cases": [each.model_dump(mode="json") for each in form.cases],
    }
    return json.dumps(members, separators=(",", ":")).encode()


def verify_pair_report(
    raw: bytes, *, bundle: bytes, at: datetime, counts_for: timedelta = COUNTS_FOR
) -> PairReport:
    """Verify a pair report against the test roots of both states.

    Args:
        raw: The JWS.
        bundle: The trust bundle by which the pair was tried, octet for octet; its roots count.
        at: The judging moment.
        counts_for: How long a report counts after its run ended.

    Raises:
        RefusedError: ``connection.untested``: it has another form, a case failed, it was tried by
            another bundle, it is too old or of the future, or it lacks what one of the two states
            must sign. What `parse_trust_bundle` raises of the bundle.
    """
    trust = parse_trust_bundle(bundle)
    try:
        members = parse_json(raw, code="connection.untested", limit=_LIMIT)
        payload, _ = read_unverified_jws(members, code="trust", limit=_LIMIT)
        form = parse_form(PairReportForm, payload, code="connection.untested", limit=_LIMIT)
        for state in form.states:
            require_quorum(members, state, trust)
    except RefusedError as cause:
        raise _untested(f"the pair report: {cause.message}") from cause
    if trust.environment != form.environment:
        raise _untested(f"expected roots of {form.environment}, found {trust.environment}")
    if digest_text_of(bundle) != form.trust:
        raise _untested(
            f"expected the bundle by which the pair was tried, {form.trust}, "
            f"found {digest_text_of(bundle)}"
        )
    if not at - counts_for <= form.ended <= at + _SKEW:
        raise _untested(
            f"expected a pair report of the last {counts_for.days} day(s) before "
            f"{format_instant(at)}, found one of {format_instant(form.ended)}"
        )
    if not form.passes:
        failed = [each.name for each in form.cases if each.standing == "failed"]
        raise _untested(f"expected a pair report that passes, {len(failed)} case(s) failed")
    return PairReport(
        states=form.states,
        payload_digest=digest_text_of(payload),
        tried=frozenset(each.key for each in form.tried),
    )


def find_untested(lines: Iterable[Connection], report: PairReport | None) -> tuple[Connection, ...]:
    """Find the lines that are beyond TEST without having been tried."""
    tried = report.tried if report else frozenset()
    return tuple(
        each
        for each in lines
        if each.state in _BEYOND
        and (each.from_state, each.to_state, each.message_type, each.agreement) not in tried
    )


def _untested(message: str) -> RefusedError:
    return RefusedError("connection.untested", message, actor=Actor.OPERATOR)
