"""What ends soon, of everything that trust rests on: told 60, 30 and 7 days before.

Certificates of which a later one is listed already for the same party and purpose are not told:
their end is planned. Lists, root statements and roots are told whoever's they are, for without
them nothing of their state is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from swb_schemas.wire.trust import ListedCertificate, TrustBundle

__all__ = [
    "NO_THRESHOLD",
    "THRESHOLDS",
    "Expiry",
    "Subject",
    "find_expiries",
    "find_threshold",
    "list_ends",
]

THRESHOLDS: Final = (7, 30, 60)
"""Days before the end at which an alarm is raised, the most urgent first."""
NO_THRESHOLD: Final = -1
"""In the place of days, where none was passed."""


class Subject(StrEnum):
    """What ends."""

    CERTIFICATE = "certificate"
    LIST = "list"
    ROOT_STATEMENT = "root statement"
    ROOT = "root"
    AUTHORITY = "issuing authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """That something ends soon, or has ended.

    Attributes:
        subject: What it is.
        state: Whose.
        name: Party and purpose of a certificate, subject of a root, number of a list.
        identity: Thumbprint or digest.
        ends_at: The last instant.
        threshold: Days before the end that were passed last: 60, 30, 7, or 0 after the end;
            `NO_THRESHOLD` where there is time.
    """

    subject: Subject
    state: str
    name: str
    identity: str
    ends_at: datetime
    threshold: int

    @property
    def text(self) -> str:
        """One line for people."""
        when = f"{self.ends_at:%Y-%m-%dT%H:%M:%SZ}"
        how = "ended" if self.threshold == 0 else "ends"
        return f"{self.subject} of {self.state} ({self.name}) {how} {when}"


def find_threshold(ends_at: datetime, at: datetime) -> int | None:
    """Find the alarm that something's end calls for.

    Returns:
        60, 30 or 7 days, 0 when it has ended, None when there is time.
    """
    if at > ends_at:
        return 0
    return next((days for days in THRESHOLDS if ends_at - at <= timedelta(days=days)), None)


def find_expiries(bundle: TrustBundle, at: datetime) -> tuple[Expiry, ...]:
    """Find everything in a bundle that ends soon, the earliest end first."""
    found = []
    for each in list_ends(bundle, at):
        threshold = find_threshold(each.ends_at, at)
        if threshold is not None:
            found.append(replace(each, threshold=threshold))
    return tuple(sorted(found, key=lambda each: (each.ends_at, each.state, each.name)))


def list_ends(bundle: TrustBundle, at: datetime) -> Iterator[Expiry]:
    """List when everything in a bundle ends, however far that is; no threshold is passed."""
    for subject, state, name, identity, ends_at in _ends(bundle, at):
        yield Expiry(
            subject=subject,
            state=state,
            name=name,
            identity=identity,
            ends_at=ends_at,
            threshold=NO_THRESHOLD,
        )


def _ends(bundle: TrustBundle, at: datetime) -> Iterator[tuple[Subject, str, str, str, datetime]]:
    for state, each in bundle.lists.items():
        name = f"number {each.number}"
        yield Subject.LIST, state, name, each.payload_digest, each.expires_at
        if each.roots_expire_at is not None:
            digest = bundle.root_sets[state].digests.get(each.root_number, "")
            name = f"number {each.root_number}"
            yield Subject.ROOT_STATEMENT, state, name, digest, each.roots_expire_at
        for authority in each.authorities:
            one = authority.certificate
            yield Subject.AUTHORITY, state, one.subject, one.thumbprint, one.valid_until
        for party, entries in each.parties.items():
            for last in _last_ones(entries, at):
                name = f"{party} {last.purpose}"
                thumbprint = last.certificate.thumbprint
                yield Subject.CERTIFICATE, state, name, thumbprint, last.holds_until
    for state, roots in bundle.roots.items():
        for root in roots:
            yield Subject.ROOT, state, root.subject, root.thumbprint, root.valid_until


def _last_ones(entries: Iterable[ListedCertificate], at: datetime) -> list[ListedCertificate]:
    """Of each purpose, the certificate that ends last, if it has not ended long ago."""
    last: dict[str, ListedCertificate] = {}
    for each in entries:
        known = last.get(each.purpose)
        if each.path and (known is None or each.holds_until > known.holds_until):
            last[each.purpose] = each
    long_ago = at - timedelta(days=THRESHOLDS[0])
    return [each for each in last.values() if each.holds_until > long_ago]
