"""Whom to trust, for what, and when: pinned roots, signed lists, and the questions put to them.

There is no single master. Each state signs the list of its own parties, and its root is pinned
here out of band; the region's list speaks of the region's router only, and its pointers to the
states' lists give and take no trust. A certificate is trusted when the list of its party's state
names it for that party and purpose, list and certificate dates hold at the moment asked for, and a
pinned root of that state issued it.

Roots: a test bundle has roots of its own; parallel exchange uses the production ones. How they are
replaced is in `root_succession`. A list or a root statement that has expired leaves everything
undetermined, it refuses nothing. A list keeps entries whose time is over for as long as what they
sealed must be verifiable; of a certificate whose key was stolen it says since when, or it takes it
off altogether.

The region's list may have a snapshot: which list of each state it saw last. A list that is older
than that, or another one of the same number, leaves its state undetermined. So the region can
hold back, which it can do anyhow; it can neither put another list in the place of a state's, nor
bring an older one back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import REGION
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.documents.elements import Environment
    from swb_schemas.parties import PartyId
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.root_succession import RootSet
    from swb_schemas.wire.trust_list import Pointer, SnapshotEntry

__all__ = [
    "Distrust",
    "ListedAuthority",
    "ListedCertificate",
    "TrustBundle",
    "TrustList",
    "Unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCertificate:
    """A certificate as a state lists it.

    Attributes:
        party: URN.
        purpose: What for.
        certificate: The certificate.
        listed_from: First instant at which the state answers for it.
        listed_until: Last one.
        path: From its issuer to a root of the state, which is last (`paths`); empty when none
            leads there.
        issuer_until: Where that root was replaced, the last instant for which what it issued
            counts.
    """

    party: str
    purpose: Purpose
    certificate: Certificate
    path: tuple[Certificate, ...]
    listed_from: datetime
    listed_until: datetime
    issuer_until: datetime | None = None

    @property
    def issuer(self) -> Certificate | None:
        """Who issued it: the pinned root, or an authority under it; None when nobody known did."""
        return self.path[0] if self.path else None

    @property
    def has_fitting_usage(self) -> bool:
        """Whether key usage fits the purpose, and it is no authority's certificate."""
        certificate = self.certificate
        fits = certificate.may_agree if self.purpose is Purpose.DECRYPTION else certificate.may_sign
        if certificate.is_service and self.purpose is not Purpose.TIME_STAMP:
            return False
        return fits and not certificate.is_authority and not certificate.may_issue

    @property
    def holds_from(self) -> datetime:
        """When list, certificate and all of its path have begun to hold."""
        own = max(self.listed_from, self.certificate.valid_from)
        return max([own, *[each.valid_from for each in self.path]])

    @property
    def holds_until(self) -> datetime:
        """When the first of list, certificate and path ends."""
        ends = [self.listed_until, self.certificate.valid_until]
        ends += [each.valid_until for each in self.path]
        if self.issuer_until is not None:
            ends.append(self.issuer_until)
        return min(ends)

    def holds_at(self, moment: datetime) -> bool:
        """Whether list dates and the dates of certificate and path hold."""
        return self.holds_from <= moment <= self.holds_until


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAuthority:
    """Who issues certificates of a state's parties, and where is asked whether they still hold.

    Attributes:
        certificate: An issuing authority, or a pinned root.
        path: As that of a listed certificate; of a pinned root itself alone. Empty when nothing
            leads to a pinned root: then it issues nothing that is believed.
        crl: URLs of its certificate revocation lists.
        ocsp: URLs of its responders.
    """

    certificate: Certificate
    path: tuple[Certificate, ...]
    crl: tuple[str, ...]
    ocsp: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distrust:
    """Since when a certificate is not believed any more: revoked, or its key compromised.

    Attributes:
        since: What is not proven to have existed before this instant is refused.
        reason: For people.
        is_compromise: Whether somebody says that the key was stolen; otherwise its issuer says
            that the certificate was revoked.
        ended_in_order: Whether its issuer gives a reason that leaves the key its owner's alone
            (RFC 3161, 4). Without one nobody can say what else was signed with it.
    """

    since: datetime
    reason: str
    is_compromise: bool = False
    ended_in_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """That it could not be learnt whether a certificate still holds.

    Attributes:
        reason: For people.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """A verified list.

    Attributes:
        state: Whose.
        environment: test or production.
        root_number: Number of the root statement that it was made under.
        number: Counts up.
        payload_digest: ``sha-256:<hex>`` of the signed payload.
        issued_at: When.
        expires_at: From then on it says nothing.
        signers: Thumbprints of the roots that signed.
        quorum: How many must have signed it by its own word; its successor needs as many.
        parties: URN to its certificates, in the order listed.
        pointers: In the region's list only.
        authorities: Who issues its parties' certificates, as far as the list says.
        snapshot: In the region's list only: by state, the list that the region saw last.
        roots_expire_at: When the root statement that it was made under expires, if there is one.
        compromised: By thumbprint, what the state itself says of keys that were stolen.
    """

    state: str
    environment: Environment
    root_number: int = 1
    number: int
    payload_digest: str
    issued_at: datetime
    expires_at: datetime
    signers: tuple[str, ...]
    quorum: int
    parties: Mapping[str, tuple[ListedCertificate, ...]]
    pointers: tuple[Pointer, ...]
    authorities: tuple[ListedAuthority, ...] = ()
    snapshot: Mapping[str, SnapshotEntry] = field(default_factory=dict)
    roots_expire_at: datetime | None = None
    compromised: Mapping[str, Distrust] = field(default_factory=dict)

    def list_issued(self) -> Iterator[tuple[Certificate, Certificate, bool]]:
        """List each certificate that a root leads to, but for the roots, with its issuer.

        Returns:
            Certificate, issuer, and whether it is that of an issuing authority.
        """
        for authority in self.authorities:
            if authority.path and authority.path[0].der != authority.certificate.der:
                yield authority.certificate, authority.path[0], True
        for entries in self.parties.values():
            for entry in entries:
                if entry.path and entry.path[0].der != entry.certificate.der:
                    yield entry.certificate, entry.path[0], False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustBundle:
    """Roots and verified lists.

    Attributes:
        environment: test or production. It judges exchanges of each one that this includes.
        roots: By state: those that count, pinned or brought by root statements.
        lists: By state.
        root_sets: By state: how the roots came to count.
        statuses: By thumbprint, what is known against certificates. Where nothing is, either
            nobody has to be asked, or whoever was asked found nothing against it.
    """

    environment: Environment
    roots: Mapping[str, tuple[Certificate, ...]]
    lists: Mapping[str, TrustList]
    root_sets: Mapping[str, RootSet] = field(default_factory=dict)
    statuses: Mapping[str, Distrust | Unknown] = field(default_factory=dict)

    def with_statuses(self, more: Mapping[str, Distrust | Unknown]) -> TrustBundle:
        """Know more against certificates; of two that speak of the same one, the worse counts.

        That a key was stolen is worse than that its certificate was revoked, earlier worse than
        later, and either worse than not knowing.
        """
        statuses = dict(self.statuses)
        for thumbprint, status in more.items():
            known = statuses.get(thumbprint)
            statuses[thumbprint] = status if known is None else _worse(known, status)
        return replace(self, statuses=statuses)

    def find_certificate(
        self, party: PartyId, purpose: Purpose, at: datetime
    ) -> ListedCertificate | None:
        """Find the certificate to use now; where several hold, the one that was listed last.

        Raises:
            UndeterminedError: ``trust.list_expired``, ``trust.roots_expired``,
                ``trust.list_behind``, ``trust.list_forked``, ``certificate.status_unknown``.
        """
        usable = [
            each
            for each in self._entries_of(party, at)
            if each.purpose is purpose
            and each.holds_at(at)
            and each.path
            and each.has_fitting_usage
            and not any(isinstance(status, Distrust) for _, status in self._statuses_of(each))
        ]
        found = max(usable, key=lambda each: each.listed_from, default=None)
        if found is not None:
            self._check_status(found, proven_at=None)
        return found

    def list_certificates(
        self, party: PartyId, purpose: Purpose, at: datetime
    ) -> tuple[ListedCertificate, ...]:
        """List all of a party's certificates of one purpose, also those whose time is over.

        Raises:
            UndeterminedError: ``trust.list_expired``, ``trust.roots_expired``,
                ``trust.list_behind``, ``trust.list_forked``.
        """
        return tuple(each for each in self._entries_of(party, at) if each.purpose is purpose)

    def judge_certificate(
        self,
        certificate: bytes,
        *,
        party: PartyId,
        purpose: Purpose,
        moments: Sequence[datetime],
        at: datetime,
        proven_at: datetime | None = None,
    ) -> ListedCertificate:
        """Require a certificate to be trusted for a party and purpose.

        Args:
            certificate: DER.
            party: Who is said to have signed.
            purpose: What for.
            moments: Instants at which list and certificate dates must hold.
            at: The judging moment, at which the list must be in force.
            proven_at: When the signature is proven to have existed at the latest, by evidence
                that does not rest on its own word; None without such evidence.

        Raises:
            RefusedError: ``party.unknown``, ``certificate.unlisted``,
                ``certificate.wrong_purpose``, ``certificate.not_issued``,
                ``certificate.key_usage``, ``certificate.not_yet_valid``,
                ``certificate.expired``, ``certificate.revoked``, ``certificate.compromised``.
            UndeterminedError: ``trust.list_expired``, ``trust.roots_expired``,
                ``trust.list_behind``, ``trust.list_forked``, ``certificate.status_unknown``.
        """
        entries = self._entries_of(party, at)
        if not entries:
            message = f"expected a party on its state's trust list, found {party}"
            raise RefusedError("party.unknown", message)
        listed = [each for each in entries if each.certificate.der == certificate]
        if not listed:
            message = f"expected a certificate that is listed for {party}"
            raise RefusedError("certificate.unlisted", message)
        fitting = [each for each in listed if each.purpose is purpose]
        if not fitting:
            found = ", ".join(sorted(each.purpose for each in listed))
            message = f"expected a certificate listed for {purpose}, found one for {found}"
            raise RefusedError("certificate.wrong_purpose", message)
        for each in fitting:
            if all(each.holds_at(moment) for moment in moments):
                _check_entry(each)
                self._check_status(each, proven_at=proven_at)
                return each
        _check_entry(fitting[0])
        raise _out_of_time(fitting[0], moments)

    def check_pointers(self) -> tuple[Finding, ...]:
        """Compare the region's pointers with the pins, for people to look at.

        The region can hide or misname a root, and pins hold regardless: this never refuses.
        """
        region = self.lists.get(REGION)
        findings: list[Finding] = []
        for pointer in region.pointers if region else ():
            pinned = {root.thumbprint for root in self.roots.get(pointer.state, ())}
            if not pinned <= set(pointer.roots):
                message = f"expected the pinned root(s) {sorted(pinned)}, found {pointer.roots}"
                findings.append(
                    Finding(
                        code="trust.pointer_differs",
                        severity=Severity.WARN,
                        path=pointer.state,
                        message=message,
                        actor=Actor.OPERATOR,
                    )
                )
        return tuple(findings)

    def _statuses_of(
        self, entry: ListedCertificate
    ) -> Iterator[tuple[Certificate, Distrust | Unknown]]:
        """List what is known against a certificate and those above it."""
        if self.statuses:
            for each in (entry.certificate, *entry.path):
                status = self.statuses.get(each.thumbprint)
                if status is not None:
                    yield each, status

    def _check_status(self, entry: ListedCertificate, *, proven_at: datetime | None) -> None:
        """Refuse for what is known first, and only then for what is not."""
        unknown: UndeterminedError | None = None
        for certificate, status in self._statuses_of(entry):
            name = f"{certificate.subject} ({certificate.thumbprint})"
            match status:
                case Unknown():
                    message = f"expected to learn the status of {name}, found: {status.reason}"
                    unknown = UndeterminedError("certificate.status_unknown", message)
                case Distrust() if proven_at is None or proven_at >= status.since:
                    raise _distrusted(name, status, proven_at)
                case _:
                    pass
        if unknown is not None:
            raise unknown

    def find_disagreements(self) -> dict[str, UndeterminedError]:
        """Find the states whose list is neither the one that the region saw nor a later one.

        Returns:
            By state: ``trust.list_behind`` or ``trust.list_forked``.
        """
        found = {}
        for state, each in self.lists.items():
            try:
                self._check_snapshot(each)
            except UndeterminedError as fault:
                found[state] = fault
        return found

    def _check_snapshot(self, found: TrustList) -> None:
        region = self.lists.get(REGION)
        seen = region.snapshot.get(found.state) if region else None
        if seen is None:
            return
        here, there = (found.root_number, found.number), (seen.root_number, seen.number)
        if here < there:
            message = (
                f"expected list number {seen.number} of {found.state}, which the region saw, "
                f"or a later one, found number {found.number}"
            )
            raise UndeterminedError("trust.list_behind", message)
        if here == there and found.payload_digest != seen.digest:
            message = (
                f"expected one list number {seen.number} of {found.state}, found "
                f"{found.payload_digest} here and {seen.digest} in the region's snapshot"
            )
            raise UndeterminedError("trust.list_forked", message)

    def _entries_of(self, party: PartyId, at: datetime) -> tuple[ListedCertificate, ...]:
        found = self.lists.get(party.state)
        if found is None:
            return ()
        if at > found.expires_at:
            message = f"expected a list of {party.state} in force, found one that has expired"
            raise UndeterminedError("trust.list_expired", message)
        if found.roots_expire_at is not None and at > found.roots_expire_at:
            message = f"expected a root statement of {party.state} in force, found an expired one"
            raise UndeterminedError("trust.roots_expired", message)
        self._check_snapshot(found)
        return found.parties.get(str(party), ())


def _worse(one: Distrust | Unknown, other: Distrust | Unknown) -> Distrust | Unknown:
    if isinstance(one, Unknown):
        return other
    if isinstance(other, Unknown):
        return one
    worse = max(one, other, key=lambda each: each.is_compromise)
    in_order = one.ended_in_order and other.ended_in_order
    return replace(worse, since=min(one.since, other.since), ended_in_order=in_order)


def _check_entry(entry: ListedCertificate) -> None:
    if not entry.path:
        message = f"expected a certificate with a path to a root of {entry.party}'s state"
        raise RefusedError("certificate.not_issued", message)
    if not entry.has_fitting_usage:
        message = f"expected a certificate whose key usage fits {entry.purpose}"
        raise RefusedError("certificate.key_usage", message)


def _distrusted(name: str, status: Distrust, proven_at: datetime | None) -> RefusedError:
    found = "none" if proven_at is None else f"one of {format_instant(proven_at)}"
    message = (
        f"expected proof that the signature was made before {format_instant(status.since)}, from "
        f"when on {name} does not count ({status.reason}), found {found}"
    )
    if status.is_compromise:
        return RefusedError("certificate.compromised", message)
    return RefusedError("certificate.revoked", message)


def _out_of_time(entry: ListedCertificate, moments: Sequence[datetime]) -> RefusedError:
    start, end = entry.holds_from, entry.holds_until
    early = any(moment < start for moment in moments)
    code = "certificate.not_yet_valid" if early else "certificate.expired"
    asked = " and at ".join(sorted({format_instant(moment) for moment in moments}))
    found = f"one that holds from {format_instant(start)} until {format_instant(end)}"
    return RefusedError(code, f"expected a certificate that holds at {asked}, found {found}")
