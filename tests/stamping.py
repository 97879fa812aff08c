"""Time-stamp authorities and evidence for tests: real keys, real tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from swb.backends.softkey.authority import Authority
from swb.simulator.time_stamping import SimulatedTimeStampAuthority
from swb_schemas.catalogue import Purpose
from swb_schemas.evidence import (
    ArchiveTimeStamp,
    build_hash_tree,
    encode_evidence_record,
    encode_time_stamp_query,
    read_time_stamp_answer,
)
from swb_schemas.parties import TIME_STAMPING, PartyId
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.trust_list import (
    PartyEntry,
    TrustListForm,
    encode_bundle,
    list_certificate,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["AT", "StampWorld", "stamp"]

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_PARTY = PartyId("TH", TIME_STAMPING)


def stamp(
    authority: SimulatedTimeStampAuthority, imprint: bytes, *, nonce: int | None = None
) -> bytes:
    """Get a token."""
    query = encode_time_stamp_query(imprint, nonce=7 if nonce is None else nonce)
    return read_time_stamp_answer(authority.answer(query))


@dataclass
class StampWorld:
    """One state with time-stamp authorities, listed or not."""

    roots: Authority
    tsa: SimulatedTimeStampAuthority
    certificate: x509.Certificate
    trust: TrustBundle

    @classmethod
    def make(
        cls,
        *,
        purpose: Purpose = Purpose.TIME_STAMP,
        listed_as: Purpose | None = Purpose.TIME_STAMP,
        other_root: bool = False,
        end: datetime | None = None,
    ) -> StampWorld:
        """Make one.

        Args:
            purpose: What the certificate was issued for.
            listed_as: What it is listed for; None leaves it out.
            other_root: Whether a root issued it that is not pinned.
            end: When the certificate ends.
        """
        begin, until = AT - timedelta(days=1), AT + timedelta(days=700)
        roots = Authority("TH", "test", begin=begin, end=until)
        issuer = Authority("TH", "test", begin=begin, end=until) if other_root else roots
        key = issuer.make_key("time")
        certificate = issuer.issue(_PARTY, purpose, key.public_key(), end=end)
        der = certificate.public_bytes(Encoding.DER)
        entries = (
            () if listed_as is None else (list_certificate(listed_as, der, start=begin, end=until),)
        )
        form = TrustListForm(
            state="TH",
            environment="test",
            number=1,
            issued=begin,
            expires=until,
            parties=(PartyEntry(party=str(_PARTY), certificates=entries),),
        )
        bundle = encode_bundle(
            environment="test",
            roots={"TH": [roots.root_pem.decode()]},
            lists={"TH": roots.sign_list(form)},
        )
        return cls(
            roots=roots,
            tsa=SimulatedTimeStampAuthority(key=key, certificate=der, now=lambda: AT),
            certificate=certificate,
            trust=parse_trust_bundle(bundle),
        )

    def record(self, octets: Iterable[bytes], about: bytes) -> bytes:
        """Make an evidence record about one of several octets."""
        tree = build_hash_tree([[sha256(each).digest()] for each in octets])
        reduced = tree.reduce([sha256(about).digest()])
        token = stamp(self.tsa, tree.root)
        return encode_evidence_record([ArchiveTimeStamp(reduced=reduced, token=token)])
