"""What two states agreed on about their connections, signed by both.

A connection agreement is JSON in JWS General form: the lines between two states in one environment,
with a number that counts up. It counts when the quorum of either state's roots signed it. A local
table may take away from it, so that a state can always hold back or suspend by itself; it can
never add: no line, no state further on, no clear body, no item more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from swb_schemas.connections import Connection, ConnectionState, ConnectionTable, Terms
from swb_schemas.documents.elements import Environment, Instant
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, read_unverified_jws, verify_jws
from swb_schemas.wire.trust_list import ListNumber, TrustEnvironment, TrustForm, parse_form
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "AGREEMENT_FORMAT",
    "AgreementForm",
    "ConnectionAgreement",
    "check_succession",
    "encode_agreement",
    "narrow",
    "require_quorum",
    "verify_agreement",
]

AGREEMENT_FORMAT: Final = "urn:swb:connection-agreement:1"
_LIMIT: Final = 1_000_000
DigestText = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]
"""A digest as it stands outside XML."""
_ORDER: Final = (
    ConnectionState.SUSPENDED,
    ConnectionState.TEST,
    ConnectionState.PARALLEL,
    ConnectionState.LIVE,
)


class AgreementForm(TrustForm, title="connection agreement"):
    """A connection agreement, as it is written.

    Attributes:
        format: Names the major version.
        states: The two, in alphabetical order.
        environment: test or production.
        number: Counts up by at least one with each issue.
        issued: When.
        connections: The lines, each between these two states, each once.
        tested: Digest of the pair report (`swb_schemas.pair_report`) by which lines may leave TEST
            in production; absent where none does.
    """

    format: Literal["urn:swb:connection-agreement:1"] = "urn:swb:connection-agreement:1"
    states: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
    environment: TrustEnvironment
    number: ListNumber
    issued: Instant
    connections: Annotated[tuple[Connection, ...], Field(max_length=1000)]
    tested: DigestText | None = None

    @model_validator(mode="after")
    def _speaks_of_its_pair(self) -> Self:
        if tuple(sorted(set(self.states))) != self.states:
            msg = "expected two states in alphabetical order"
            raise ValueError(msg)
        if any({each.from_state, each.to_state} != set(self.states) for each in self.connections):
            msg = "expected connections between these two states only"
            raise ValueError(msg)
        ConnectionTable(connections=self.connections)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAgreement:
    """An agreement that both states signed.

    Attributes:
        states: The two.
        number: Counts up.
        payload_digest: ``sha-256:<hex>`` of the signed payload.
        connections: The lines.
    """

    states: tuple[str, ...]
    number: int
    payload_digest: str
    connections: tuple[Connection, ...]


def encode_agreement(form: AgreementForm) -> bytes:
    """Write the payload of an agreement."""
    members: dict[str, object] = {
        "format": form.format,
        "states": list(form.states),
        "environment": form.environment,
        "number": form.number,
        "issued": format_instant(form.issued),
        "connections": [_write_line(each) for each in form.connections],
    }
    if form.tested is not None:
        members["tested"] = form.tested
    return json.dumps(members, separators=(",", ":")).encode()


def _write_line(connection: Connection) -> dict[str, object]:
    """Write a line; a term that earlier software does not know stands there where it says more."""
    line: dict[str, dict[str, object]] = connection.model_dump(mode="json", by_alias=True)
    if not connection.terms.fingerprints:
        del line["terms"]["fingerprints"]
    return dict(line)


def verify_agreement(raw: bytes, *, trust: TrustBundle) -> ConnectionAgreement:
    """Verify an agreement against the roots of both states.

    Args:
        raw: The JWS.
        trust: Whose roots count.

    Raises:
        RefusedError: ``connection.agreement``: it has another form, another environment, or lacks
            what one of the two states must sign; ``connection.untested``: in production it takes a
            line beyond TEST and names no pair report.
    """
    try:
        members = parse_json(raw, code="connection.agreement", limit=_LIMIT)
        payload, _ = read_unverified_jws(members, code="trust", limit=_LIMIT)
        form = parse_form(AgreementForm, payload, code="connection.agreement", limit=_LIMIT)
        for state in form.states:
            require_quorum(members, state, trust)
    except RefusedError as cause:
        message = f"the agreement: {cause.message}"
        raise RefusedError("connection.agreement", message, actor=Actor.OPERATOR) from cause
    if Environment(form.environment) is not trust.environment:
        message = f"expected an agreement for {trust.environment}, found one for {form.environment}"
        raise RefusedError("connection.agreement", message, actor=Actor.OPERATOR)
    _check_tested(form)
    return ConnectionAgreement(
        states=form.states,
        number=form.number,
        payload_digest=digest_text_of(payload),
        connections=form.connections,
    )


def _check_tested(form: AgreementForm) -> None:
    """Require an agreement that takes lines beyond TEST in production to name what tried them."""
    beyond = [
        each
        for each in form.connections
        if each.state in {ConnectionState.PARALLEL, ConnectionState.LIVE}
    ]
    if form.environment == "production" and beyond and form.tested is None:
        line = beyond[0]
        message = (
            f"expected the pair report by which {line.message_type} from {line.from_state} to "
            f"{line.to_state} may be {line.state}, found none"
        )
        raise RefusedError("connection.untested", message, actor=Actor.OPERATOR)


def require_quorum(members: object, state: str, trust: TrustBundle) -> None:
    """Require the quorum of a state's roots under a JWS.

    Args:
        members: The JWS, parsed.
        state: Whose roots.
        trust: Which ones count, and how many.

    Raises:
        RefusedError: ``connection.agreement``, ``trust.*``.
    """
    roots = trust.roots.get(state, ())
    signed = verify_jws(members, roots=roots, code="trust", limit=_LIMIT)
    known, found = trust.root_sets.get(state), trust.lists.get(state)
    needed = max(known.quorum if known else 1, found.quorum if found else 1)
    if len(signed.signers) < needed:
        message = f"expected {needed} root(s) of {state} to sign, found {len(signed.signers)}"
        raise RefusedError("connection.agreement", message, actor=Actor.OPERATOR)


def check_succession(now: ConnectionAgreement, before: tuple[int, str] | None) -> None:
    """Refuse to go back to an older agreement of a pair.

    Args:
        now: What is to be believed.
        before: Number and digest of what was believed; None where there was nothing.

    Raises:
        RefusedError: ``connection.rolled_back``.
    """
    if before is None or now.number > before[0]:
        return
    if (now.number, now.payload_digest) != before:
        message = (
            f"expected agreement number {before[0]} of {' and '.join(now.states)}, {before[1]}, or "
            f"a later one, found number {now.number}, {now.payload_digest}"
        )
        raise RefusedError("connection.rolled_back", message, actor=Actor.OPERATOR)


def narrow(table: ConnectionTable, agreements: Iterable[ConnectionAgreement]) -> ConnectionTable:
    """Leave of a local table what both sides signed, on the stricter of both terms.

    Args:
        table: What this side says.
        agreements: What was signed.
    """
    agreed = {_key(line): line for each in agreements for line in each.connections}
    return ConnectionTable(
        connections=tuple(
            _stricter(line, agreed[_key(line)])
            for line in table.connections
            if _key(line) in agreed
        )
    )


def _key(line: Connection) -> tuple[str, str, str, str]:
    return line.from_state, line.to_state, line.message_type, line.agreement


def _stricter(local: Connection, signed: Connection) -> Connection:
    bounds = [each.terms.max_items for each in (local, signed) if each.terms.max_items is not None]
    terms = Terms(
        protected=local.terms.protected or signed.terms.protected,
        electronic_signature=local.terms.electronic_signature and signed.terms.electronic_signature,
        max_items=min(bounds, default=None),
        legal_basis=signed.terms.legal_basis,
        fingerprints=local.terms.fingerprints and signed.terms.fingerprints,
    )
    state = min(local.state, signed.state, key=_ORDER.index)
    return signed.model_copy(update={"state": state, "terms": terms})
