"""Time-stamps: which ones count, and which do not, each with its code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.tsp import TimeStampReq
from cryptography import x509

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from swb_schemas.evidence import (
    ArchiveTimeStamp,
    TimePolicy,
    decode_evidence_record,
    encode_evidence_record,
    encode_time_stamp_query,
    read_time_stamp_answer,
    verify_evidence_record,
    verify_time_stamp,
)
from swb_schemas.wire.trust import Distrust, Unknown
from tests.stamping import AT, StampWorld, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

IMPRINT = sha256(b"what is stamped").digest()
SECOND = timedelta(seconds=1)
ANY = TimePolicy()


@pytest.fixture(scope="module")
def world() -> StampWorld:
    return StampWorld.make()


def test_a_time_stamp_of_a_listed_authority_proves_a_time(world: StampWorld) -> None:
    token = stamp(world.tsa, IMPRINT, nonce=42)
    found = verify_time_stamp(token, imprint=IMPRINT, trust=world.trust, at=AT, nonce=42)
    assert found.generated_at == AT
    assert found.proven_at == AT + SECOND
    assert found.authority.party == "urn:swb:party:TH:time-stamping"


def refused_by(world: StampWorld, token: bytes, policy: TimePolicy = ANY, **changes: object) -> str:
    arguments: dict[str, object] = {"imprint": IMPRINT, "trust": world.trust, "at": AT, **changes}
    with pytest.raises(SwbError) as refused:
        verify_time_stamp(token, policy=policy, **arguments)  # type: ignore[arg-type]  # fields by name
    return refused.value.code


def test_refuses_another_digest_and_another_nonce(world: StampWorld) -> None:
    token = stamp(world.tsa, IMPRINT, nonce=42)
    assert refused_by(world, token, imprint=sha256(b"x").digest()) == "time_stamp.imprint"
    assert refused_by(world, token, nonce=43) == "time_stamp.nonce"


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (TimePolicy(policies=frozenset({"1.2.3"})), "time_stamp.policy"),
        (TimePolicy(accuracy=timedelta(milliseconds=1)), "time_stamp.accuracy"),
        (
            TimePolicy(authorities=frozenset({"urn:swb:party:VN:time-stamping"})),
            "time_stamp.unlisted",
        ),
    ],
    ids=["policy", "accuracy", "authority"],
)
def test_refuses_what_policy_does_not_allow(
    world: StampWorld, policy: TimePolicy, code: str
) -> None:
    assert refused_by(world, stamp(world.tsa, IMPRINT), policy) == code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: StampWorld.make(listed_as=None), "time_stamp.unlisted"),
        (lambda: StampWorld.make(listed_as=Purpose.RECEIPT_SEAL), "time_stamp.unlisted"),
        (lambda: StampWorld.make(other_root=True), "certificate.not_issued"),
        (lambda: StampWorld.make(purpose=Purpose.TRANSPORT), "time_stamp.certificate"),
        (lambda: StampWorld.make(end=AT - SECOND), "certificate.expired"),
    ],
    ids=["not listed", "listed for another purpose", "another root", "no key purpose", "expired"],
)
def test_refuses_an_authority_that_does_not_count(
    make: Callable[[], StampWorld], code: str
) -> None:
    world = make()
    assert refused_by(world, stamp(world.tsa, IMPRINT)) == code


def test_refuses_an_authority_whose_one_use_is_not_critical(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RFC 3161, 2.3: otherwise a reader may pass over what the key is for."""
    add = x509.CertificateBuilder.add_extension

    def add_uncritically(
        builder: x509.CertificateBuilder, value: x509.ExtensionType, critical: bool
    ) -> x509.CertificateBuilder:
        return add(builder, value, critical and not isinstance(value, x509.ExtendedKeyUsage))

    monkeypatch.setattr(x509.CertificateBuilder, "add_extension", add_uncritically)
    world = StampWorld.make()
    assert refused_by(world, stamp(world.tsa, IMPRINT)) == "time_stamp.certificate"


def test_refuses_a_token_that_was_signed_by_another_key(world: StampWorld) -> None:
    other = StampWorld.make()
    forged = replace(world.tsa, key=other.tsa.key)
    assert refused_by(world, stamp(forged, IMPRINT)) == "time_stamp.signature"


def test_refuses_a_token_whose_time_was_altered(world: StampWorld) -> None:
    token = stamp(world.tsa, IMPRINT)
    altered = token.replace(b"20261122080000Z", b"20251122080000Z")
    later = replace(world.tsa, now=lambda: AT + timedelta(days=10))
    dated_back = stamp(later, IMPRINT).replace(b"20261202080000Z", b"20261122080000Z")
    assert token not in {altered, dated_back}
    assert refused_by(world, altered) == "certificate.not_yet_valid"
    assert refused_by(world, dated_back) == "time_stamp.signature"


def test_refuses_a_token_that_names_another_certificate(world: StampWorld) -> None:
    other = StampWorld.make()
    token: ContentInfo = ContentInfo.load(stamp(replace(world.tsa), IMPRINT))
    octets = token.dump().replace(
        sha256(world.tsa.certificate).digest(), sha256(other.tsa.certificate).digest()
    )
    assert refused_by(world, octets) == "time_stamp.certificate"


def test_a_revocation_leaves_what_was_stamped_before_it(world: StampWorld) -> None:
    token = stamp(world.tsa, IMPRINT)
    thumbprint = f"sha-256:{sha256(world.tsa.certificate).hexdigest()}"

    def with_status(status: Distrust | Unknown) -> StampWorld:
        return replace(world, trust=replace(world.trust, statuses={thumbprint: status}))

    after = with_status(Distrust(since=AT + SECOND, reason="ended", ended_in_order=True))
    assert verify_time_stamp(token, imprint=IMPRINT, trust=after.trust, at=AT).serial
    before = with_status(Distrust(since=AT - SECOND, reason="ended", ended_in_order=True))
    assert refused_by(before, token) == "certificate.revoked"
    # Who has the key can date back: genTime's own word counts for nothing. Without a reason nobody
    # knows who has it.
    unsaid = with_status(Distrust(since=AT + SECOND, reason="revoked: no reason"))
    assert refused_by(unsaid, token) == "certificate.revoked"
    assert verify_time_stamp(token, imprint=IMPRINT, trust=unsaid.trust, at=AT, proven_at=AT).serial
    stolen = with_status(Distrust(since=AT + SECOND, reason="stolen", is_compromise=True))
    assert refused_by(stolen, token) == "certificate.compromised"
    assert verify_time_stamp(token, imprint=IMPRINT, trust=stolen.trust, at=AT, proven_at=AT).serial
    assert refused_by(with_status(Unknown(reason="no answer")), token) == (
        "certificate.status_unknown"
    )


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x30\x00", b"no token", b"\x30\x80" + bytes(100), bytes(70_000)],
    ids=["nothing", "empty sequence", "text", "indefinite", "huge"],
)
def test_refuses_what_is_no_token_and_no_answer(world: StampWorld, raw: bytes) -> None:
    assert refused_by(world, raw) == "time_stamp.malformed"
    with pytest.raises(RefusedError) as refused:
        read_time_stamp_answer(raw)
    assert refused.value.code == "time_stamp.malformed"


def test_no_cut_of_a_token_and_no_flipped_octet_passes(world: StampWorld) -> None:
    token = stamp(world.tsa, IMPRINT)
    for at in range(0, len(token), 97):
        assert refused_by(world, token[:at])
        flipped = bytearray(token)
        flipped[at] ^= 0x55
        assert refused_by(world, bytes(flipped))


# --- what the simulated authority refuses ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"req_policy": "1.2.3"}, "unaccepted_policy"),
        ({"extensions": [{"extn_id": "1.2.3", "extn_value": b""}]}, "unaccepted_extensions"),
        ({"version": "v2"}, "bad_request"),
        (
            {
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha1"},
                    "hashed_message": bytes(20),
                }
            },
            "bad_alg",
        ),
        (
            {
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": bytes(20),
                }
            },
            "bad_request",
        ),
    ],
    ids=["policy", "extension", "version", "algorithm", "length"],
)
def test_the_simulated_authority_says_why_it_gives_none(
    world: StampWorld, change: dict[str, object], reason: str
) -> None:
    query = TimeStampReq.load(encode_time_stamp_query(IMPRINT, nonce=1))
    for name, value in change.items():
        query[name] = value
    with pytest.raises(UnavailableError) as rejected:
        read_time_stamp_answer(world.tsa.answer(query.dump(force=True)))
    assert rejected.value.code == "time_stamp.rejected"
    assert rejected.value.message.endswith(f"rejection {reason}")


# --- evidence records -----------------------------------------------------------------------------


def test_a_record_proves_each_of_many(world: StampWorld) -> None:
    files = [str(each).encode() for each in range(9)]
    for each in files:
        found = verify_evidence_record(
            world.record(files, each), digest=sha256(each).digest(), trust=world.trust, at=AT
        )
        assert found.proven_at == AT + SECOND


def test_refuses_a_record_of_something_else(world: StampWorld) -> None:
    record = world.record([b"one", b"two", b"three"], b"one")
    with pytest.raises(RefusedError) as refused:
        verify_evidence_record(record, digest=sha256(b"four").digest(), trust=world.trust, at=AT)
    assert refused.value.code == "evidence.other_record"


def test_refuses_a_record_with_a_swapped_digest(world: StampWorld) -> None:
    (link,) = decode_evidence_record(world.record([b"one", b"two", b"three", b"four"], b"one"))
    first, (_sibling,) = link.reduced
    swapped = replace(link, reduced=(first, (sha256(b"five").digest(),)))
    with pytest.raises(RefusedError) as refused:
        verify_evidence_record(
            encode_evidence_record([swapped]),
            digest=sha256(b"one").digest(),
            trust=world.trust,
            at=AT,
        )
    assert refused.value.code == "time_stamp.imprint"


def test_a_renewed_record_outlives_the_key_of_its_first_authority(world: StampWorld) -> None:
    (link,) = decode_evidence_record(world.record([b"one", b"two"], b"one"))
    later = replace(world.tsa, now=lambda: AT + timedelta(days=100))
    renewed = ArchiveTimeStamp(reduced=(), token=stamp(later, sha256(link.token).digest()))
    record = encode_evidence_record([link, renewed])
    digest = sha256(b"one").digest()
    at = AT + timedelta(days=200)
    found = verify_evidence_record(record, digest=digest, trust=world.trust, at=at)
    assert found.proven_at == AT + SECOND
    assert len(found.stamps) == 2
    # The other way round the renewal would be older than what it renews.
    early = replace(world.tsa, now=lambda: AT - timedelta(hours=1))
    backwards = ArchiveTimeStamp(reduced=(), token=stamp(early, sha256(link.token).digest()))
    with pytest.raises(RefusedError) as refused:
        verify_evidence_record(
            encode_evidence_record([link, backwards]), digest=digest, trust=world.trust, at=at
        )
    assert refused.value.code == "evidence.order"


def test_reads_what_it_writes_and_refuses_the_rest(world: StampWorld) -> None:
    record = world.record([b"one", b"two"], b"one")
    assert encode_evidence_record(decode_evidence_record(record)) == record
    for raw in (b"", b"\x30\x00", record[:-1], record + b"\x00", bytes(1_000_001)):
        with pytest.raises(RefusedError) as refused:
            decode_evidence_record(raw)
        assert refused.value.code == "evidence.malformed"
    two = encode_evidence_record(decode_evidence_record(record)).replace(
        b"\x02\x01\x01", b"\x02\x01\x02", 1
    )
    with pytest.raises(RefusedError) as refused:
        decode_evidence_record(two)
    assert refused.value.code == "evidence.unsupported"
