"""Revocation: what an issuer answers about its certificates, and what follows from it.

An answer is read in two steps. `ocsp_response` and `crl` check who signed it and what it is about,
which no time changes; what remains is a `Statement`. `judge_statement` holds its dates against the
moment of the judgement. Three verdicts come of it, never mixed:

=========  ========================================================================================
`Good`     an answer that is authentic, about this certificate and fresh says so
`Revoked`  an authentic answer about this certificate says so. It stays revoked, so the answer may
           be of any age
`Unclear`  all else: no answer, a broken or forged one, one about something else, a stale one, one
           from the future, "unknown", and a certificate on hold, whose issuer has not decided
=========  ========================================================================================

What must be asked, and what a missing answer means for a message, is policy and decided by whoever
asks (`swb.services.revocation`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from swb_schemas.wire.trust import Distrust
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate

__all__ = [
    "AnswerKind",
    "Good",
    "RevocationAnswer",
    "RevocationPolicy",
    "Revoked",
    "Said",
    "Sources",
    "Statement",
    "Unclear",
    "Verdict",
    "combine_verdicts",
    "find_named_sources",
    "host_of",
    "judge_statement",
]

_IN_ORDER: Final = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})
"""Reasons that leave the key its owner's alone (RFC 3161, 4). Not "unspecified", which a CRL
leaves out (RFC 5280, 5.3.1), so that it cannot be told from no reason."""
_URL: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]{1,255}(/[!-~]{0,500})?")


class AnswerKind(StrEnum):
    """Forms of revocation answers."""

    CRL = "crl"
    OCSP = "ocsp"


class Said(StrEnum):
    """What an answer says of one certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAnswer:
    """One answer, as its issuer signed it.

    Attributes:
        kind: A certificate revocation list (RFC 5280, 5) or an OCSP response (RFC 6960).
        octets: DER.
    """

    kind: AnswerKind
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationPolicy:
    """How old an answer may be.

    Attributes:
        clock_skew: Difference of clocks that is allowed.
        max_age: From thisUpdate on, whatever nextUpdate says.
        max_age_of_authorities: The same for what a root says of issuing authorities: it is offline
            and speaks seldom.
        grace: After nextUpdate.
    """

    clock_skew: timedelta = timedelta(minutes=5)
    max_age: timedelta = timedelta(days=7)
    max_age_of_authorities: timedelta = timedelta(days=200)
    grace: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an authentic answer says of one certificate.

    Attributes:
        kind: Of the answer.
        said: What.
        this_update: When it was known to be so.
        next_update: When there is newer information at the latest; None where nothing is said.
        signer_until: Until when the certificate of a delegated responder holds; None where the
            issuer itself signed.
        since: Of what is revoked: from when on nothing counts that it signed: the revocation, or
            the invalidity date before it.
        reason: Of what is revoked, by the names of RFC 5280.
    """

    kind: AnswerKind
    said: Said
    this_update: datetime
    next_update: datetime | None
    signer_until: datetime | None = None
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """The certificate was not revoked.

    Attributes:
        this_update: When that was known.
        fresh_until: How long that counts.
    """

    this_update: datetime
    fresh_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The certificate is revoked.

    Attributes:
        since: From when on nothing counts that it signed.
        reason: By the names of RFC 5280.
    """

    since: datetime
    reason: str

    def as_distrust(self) -> Distrust:
        """Say it as a trust bundle keeps it."""
        return Distrust(
            since=self.since,
            reason=f"revoked: {self.reason}",
            ended_in_order=self.reason in _IN_ORDER,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Nothing follows.

    Attributes:
        reason: For people.
        held_at: When it was known that the certificate is on hold; an older *good* yields to that.
    """

    reason: str
    held_at: datetime | None = None


Verdict = Good | Revoked | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where is asked.

    Attributes:
        crl: URLs of revocation lists.
        ocsp: URLs of responders.
    """

    crl: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()

    def in_order(self) -> Iterator[tuple[AnswerKind, str]]:
        """Give responders first: what they say is newer as a rule."""
        yield from ((AnswerKind.OCSP, url) for url in self.ocsp)
        yield from ((AnswerKind.CRL, url) for url in self.crl)


def judge_statement(
    statement: Statement, *, at: datetime, policy: RevocationPolicy, of_authority: bool = False
) -> Verdict:
    """Hold the dates of a statement against a moment.

    Args:
        statement: What an authentic answer says.
        at: The judging moment.
        policy: How old it may be.
        of_authority: Whether it is about an issuing authority.
    """
    if statement.this_update > at + policy.clock_skew:
        return Unclear(reason="the answer is of the future")
    match statement.said:
        case Said.REVOKED:
            since = statement.since or statement.this_update
            return Revoked(since=since, reason=statement.reason)
        case Said.HELD:
            reason = "its issuer put it on hold and has not decided"
            return Unclear(reason=reason, held_at=statement.this_update)
        case Said.UNKNOWN:
            return Unclear(reason="the responder does not know it")
        case Said.GOOD:
            return _judge_good(statement, at=at, policy=policy, of_authority=of_authority)


def _judge_good(
    statement: Statement, *, at: datetime, policy: RevocationPolicy, of_authority: bool
) -> Good | Unclear:
    begin, end = statement.this_update, statement.next_update
    if end is not None and end < begin:
        return Unclear(reason="the answer ends before it begins")
    age = policy.max_age_of_authorities if of_authority else policy.max_age
    ends = [begin + age]
    if end is not None:
        ends.append(end + policy.grace)
    if statement.signer_until is not None:
        ends.append(statement.signer_until)
    fresh_until = min(ends) + policy.clock_skew
    if at > fresh_until:
        return Unclear(reason=f"the newest answer is of {format_instant(begin)}")
    return Good(this_update=begin, fresh_until=fresh_until)


def combine_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Make one verdict of all that was answered about one certificate.

    Whatever says that it is revoked stands, the earliest date first. A good answer stands unless a
    later one says that the certificate is on hold.
    """
    given = list(verdicts)
    revoked = [each for each in given if isinstance(each, Revoked)]
    if revoked:
        return min(revoked, key=lambda each: each.since)
    good = max(
        (each for each in given if isinstance(each, Good)),
        key=lambda each: each.fresh_until,
        default=None,
    )
    unclear = [each for each in given if isinstance(each, Unclear)]
    held = [each for each in unclear if each.held_at is not None]
    if good is not None:
        for each in held:
            if each.held_at is not None and each.held_at >= good.this_update:
                return each
        return good
    if held:
        return held[0]
    reasons = dict.fromkeys(each.reason for each in unclear)
    return Unclear(reason="; ".join(reasons) or "there is no answer")


def find_named_sources(certificate: Certificate) -> Sources:
    """Find where a certificate itself says that is asked (RFC 5280, 4.2.1.13 and 4.2.2.1).

    Left out are lists of one reason alone, lists of other issuers, and what is no HTTP address.
    """
    extensions = certificate.parsed.extensions
    crl = [url for urls in _distribution_points(extensions) for url in urls]
    ocsp: list[str] = []
    try:
        access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        access = x509.AuthorityInformationAccess([])
    for each in access:
        if each.access_method == AuthorityInformationAccessOID.OCSP:
            ocsp.extend(_urls([each.access_location]))
    return Sources(crl=tuple(dict.fromkeys(crl)), ocsp=tuple(dict.fromkeys(ocsp)))


def host_of(url: str) -> str:
    """Name host and port of a source, for people; an address may be malformed."""
    return url.partition("//")[2].partition("/")[0][:100]


def _distribution_points(extensions: x509.Extensions) -> Iterator[list[str]]:
    try:
        points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return
    for point in points:
        if point.full_name and not point.reasons and not point.crl_issuer:
            yield _urls(point.full_name)


def _urls(names: Iterable[x509.GeneralName]) -> list[str]:
    found = [each.value for each in names if isinstance(each, x509.UniformResourceIdentifier)]
    return [each for each in found if _URL.fullmatch(each)]
