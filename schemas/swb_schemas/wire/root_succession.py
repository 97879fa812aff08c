"""How the roots of a state are replaced: by statements that the old and the new ones sign.

The first roots are pinned out of band. Each root statement names the roots that count from then
on and how many of them must sign; it is signed by the quorum of the roots before it *and* by its
own quorum (The Update Framework, 5.3.4). The last statement of a chain decides which roots sign
the state's list. A list says under which statement it was made, and numbers of lists begin anew
with each: so a thief who signed a list with the highest number there is cannot keep the state
from ever issuing another.

What a root issued before it was replaced: the statement names it as *former*, with the last
instant for which its certificates count. A root that was replaced by plan gets an instant ahead,
until which every certificate is issued anew. One that was stolen gets the instant of the theft:
what was sealed before still verifies, because a thief of a root has no sealing key, and the list,
which the new quorum signed, names each certificate by its octets. A root that a statement does
not name at all never issued anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import Instant
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.certificates import Certificate, parse_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import read_unverified_jws, verify_jws
from swb_schemas.wire.octets import decode_base64
from swb_schemas.wire.trust_list import (
    CertificateText,
    Quorum,
    RootNumber,
    StateCode,
    Thumbprint,
    TrustEnvironment,
    TrustForm,
    parse_form,
)
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb_schemas.documents.elements import Environment

__all__ = [
    "ROOT_STATEMENT_FORMAT",
    "FormerRoot",
    "FormerRootEntry",
    "RootSet",
    "RootStatementForm",
    "check_root",
    "encode_root_statement",
    "extend_root_chain",
    "parse_root_statement",
    "verify_root_chain",
]

ROOT_STATEMENT_FORMAT: Final = "urn:swb:root-statement:1"
STATEMENT_LIMIT: Final = 1_000_000
"""Octets of the payload of a root statement."""


class FormerRootEntry(TrustForm):
    """A root that signs no more.

    Attributes:
        root: Its thumbprint; it stands in an earlier statement, or was pinned.
        until: The last instant for which the certificates that it issued count.
    """

    root: Thumbprint
    until: Instant


class RootStatementForm(TrustForm, title="root statement"):
    """A root statement, as it is written.

    Attributes:
        format: Names the major version.
        state: Whose roots.
        environment: test or production.
        number: One more than that of the statement before.
        issued: When.
        expires: From then on nothing of this state is judged before the next one.
        quorum: How many of the roots must sign the statement, its successor and every list.
        roots: Those that count from now on.
        former: Those that signed before, as far as what they issued still counts.
    """

    format: Literal["urn:swb:root-statement:1"] = "urn:swb:root-statement:1"
    state: StateCode
    environment: TrustEnvironment
    number: RootNumber
    issued: Instant
    expires: Instant
    quorum: Quorum
    roots: Annotated[tuple[CertificateText, ...], Field(min_length=1, max_length=8)]
    former: Annotated[tuple[FormerRootEntry, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if len(set(self.roots)) != len(self.roots):
            msg = "expected each root once"
            raise ValueError(msg)
        if self.quorum > len(self.roots):
            msg = f"expected a quorum that {len(self.roots)} root(s) can meet, found {self.quorum}"
            raise ValueError(msg)
        if self.issued >= self.expires:
            msg = "expected a statement that expires after it is issued"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerRoot:
    """A root that was replaced.

    Attributes:
        certificate: The root.
        until: The last instant for which the certificates that it issued count.
    """

    certificate: Certificate
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSet:
    """The roots of a state that count, at the end of its chain.

    Attributes:
        number: Of the last statement; 1 where the pinned roots were never replaced.
        roots: Who signs lists.
        quorum: How many must.
        pinned: Thumbprints of the first roots, which came out of band.
        digests: By number, digests of the payloads of the statements in the chain.
        expires_at: Of the last statement; None where there is none.
        former: Roots that were replaced, as far as what they issued counts.
        known: By thumbprint, every root that ever counted in the chain.
        signers: Thumbprints of the roots that signed the last statement.
    """

    number: int = 1
    roots: tuple[Certificate, ...]
    quorum: int = 1
    pinned: tuple[str, ...] = ()
    digests: Mapping[int, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    former: tuple[FormerRoot, ...] = ()
    known: Mapping[str, Certificate] = field(default_factory=dict)
    signers: tuple[str, ...] = ()

    @classmethod
    def pinning(cls, roots: Sequence[Certificate], *, quorum: int = 1) -> Self:
        """Make the set of first roots, which came out of band."""
        known = {each.thumbprint: each for each in roots}
        return cls(roots=tuple(roots), quorum=quorum, pinned=tuple(known), known=known)


def encode_root_statement(form: RootStatementForm) -> bytes:
    """Write the payload of a root statement."""
    members: dict[str, object] = {
        "format": form.format,
        "state": form.state,
        "environment": form.environment,
        "number": form.number,
        "issued": format_instant(form.issued),
        "expires": format_instant(form.expires),
        "quorum": form.quorum,
        "roots": list(form.roots),
    }
    if form.former:
        members["former"] = [
            {"root": each.root, "until": format_instant(each.until)} for each in form.former
        ]
    return json.dumps(members, separators=(",", ":")).encode()


def parse_root_statement(payload: bytes) -> RootStatementForm:
    """Read the payload of a root statement, whoever signed it.

    Raises:
        RefusedError: ``trust.malformed``.
    """
    return parse_form(RootStatementForm, payload, code="trust.malformed", limit=STATEMENT_LIMIT)


def verify_root_chain(
    statements: Sequence[object],
    *,
    state: str,
    environment: Environment,
    pinned: Sequence[Certificate],
    quorum: int = 1,
) -> RootSet:
    """Follow a chain of root statements from the pinned roots to the last one.

    1. Each statement is JWS of the one form, and of the state and environment asked for.
    2. Its number is one more than that of the one before. The first may be the very statement
       that was pinned: the same roots, and no smaller quorum; then it says its own number.
    3. It is signed by the quorum of the roots before it and by its own.
    4. Every root is a self-signed authority, and every former root counted once.

    Whether the last one has expired is asked at the judging moment.

    Args:
        statements: JWS, as `parse_json` read them, in order.
        state: Whose roots.
        environment: test or production.
        pinned: The first roots, which came out of band.
        quorum: How many of them must sign.

    Raises:
        RefusedError: ``trust.jws``, ``trust.malformed``, ``trust.other_list``,
            ``trust.root_number``, ``trust.unsigned``, ``trust.signature``, ``trust.root_quorum``,
            ``trust.root``, ``certificate.malformed``, ``certificate.key``.
    """
    first = RootSet.pinning(pinned, quorum=quorum)
    current = first
    for members in statements:
        current = _follow(
            current,
            members,
            state=state,
            environment=environment,
            may_be_pinned=current is first,
        )
    return current


def extend_root_chain(
    roots: RootSet, statements: Sequence[object], *, state: str, environment: Environment
) -> RootSet:
    """Follow a chain further; statements that are known already are passed over.

    Raises:
        RefusedError: As `verify_root_chain` does; ``trust.rolled_back``: a statement has the
            number of a known one and says something else.
    """
    if not roots.digests:
        pinned = [each for each in roots.roots if each.thumbprint in roots.pinned]
        return verify_root_chain(
            statements, state=state, environment=environment, pinned=pinned, quorum=roots.quorum
        )
    for members in statements:
        payload, _ = read_unverified_jws(members, code="trust", limit=STATEMENT_LIMIT)
        number = parse_root_statement(payload).number
        if number > roots.number:
            roots = _follow(roots, members, state=state, environment=environment)
        elif roots.digests.get(number, digest_text_of(payload)) != digest_text_of(payload):
            message = f"expected one root statement {number} of {state}, found another one of it"
            raise RefusedError("trust.rolled_back", message, actor=Actor.OPERATOR)
    return roots


def _follow(
    before: RootSet,
    members: object,
    *,
    state: str,
    environment: Environment,
    may_be_pinned: bool = False,
) -> RootSet:
    payload, _ = read_unverified_jws(members, code="trust", limit=STATEMENT_LIMIT)
    form = parse_root_statement(payload)
    if (form.state, form.environment) != (state, environment):
        message = (
            f"expected a root statement of {state} for {environment}, "
            f"found {form.state}, {form.environment}"
        )
        raise RefusedError("trust.other_list", message)
    roots = tuple(_parse_root(text, state) for text in form.roots)
    mine = {each.thumbprint for each in roots}
    is_pinned = may_be_pinned and mine == set(before.pinned) and form.quorum >= before.quorum
    if form.number != before.number + 1 and not is_pinned:
        message = f"expected root statement {before.number + 1} of {state}, found {form.number}"
        raise RefusedError("trust.root_number", message, actor=Actor.OPERATOR)
    union = {each.thumbprint: each for each in (*before.roots, *roots)}
    signed = verify_jws(members, roots=tuple(union.values()), code="trust", limit=STATEMENT_LIMIT)
    signers = {each.thumbprint for each in signed.signers}
    theirs = {each.thumbprint for each in before.roots}
    for whose, names, needed in (
        (f"the roots before it (number {before.number})", theirs, before.quorum),
        ("its own roots", mine, form.quorum),
    ):
        if len(signers & names) < needed:
            message = (
                f"root statement {form.number} of {state}: expected {needed} of {whose} to sign, "
                f"found {len(signers & names)}"
            )
            raise RefusedError("trust.root_quorum", message, actor=Actor.OPERATOR)
    return RootSet(
        number=form.number,
        roots=roots,
        quorum=form.quorum,
        pinned=before.pinned,
        digests={**before.digests, form.number: digest_text_of(payload)},
        expires_at=form.expires,
        former=tuple(_find_former(each, before.known, mine) for each in form.former),
        known={**before.known, **{each.thumbprint: each for each in roots}},
        signers=tuple(sorted(signers & mine)),
    )


def _find_former(
    entry: FormerRootEntry, known: Mapping[str, Certificate], current: set[str]
) -> FormerRoot:
    certificate = known.get(entry.root)
    if certificate is None or entry.root in current:
        message = f"expected as former root one that was replaced, found {entry.root}"
        raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
    return FormerRoot(certificate=certificate, until=entry.until)


def _parse_root(text: str, state: str) -> Certificate:
    octets = decode_base64(text.encode(), code="certificate.malformed", what="root")
    root = parse_certificate(octets)
    check_root(root, state)
    return root


def check_root(root: Certificate, state: str) -> None:
    """Require a self-signed authority.

    Raises:
        RefusedError: ``trust.root``.
    """
    if not root.is_issued_by(root):
        message = f"expected a self-signed authority as root of {state}, found {root.subject}"
        raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
