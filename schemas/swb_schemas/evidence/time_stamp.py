"""Time-stamps: asking for one, reading the answer, verifying a token (RFC 3161, RFC 5816).

The signature of the token is verified by rfc3161-client (OpenSSL underneath) at the token's own
time. It leaves three things open, which are checked here: that the certificate serves time-stamps
and nothing else (RFC 3161, 2.3), that the signed attributes name that certificate (RFC 5816), and
how exact the time is. Whom to believe is, as everywhere, what a state lists under `time-stamp`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from asn1crypto.cms import ContentInfo
from asn1crypto.core import Void
from asn1crypto.tsp import MessageImprint, TimeStampReq
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.evidence.asn1 import TimeStampAnswer, load_strictly, translating
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.trust import Distrust
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb_schemas.wire.trust import ListedCertificate, TrustBundle

__all__ = [
    "DEFAULT_TIME_POLICY",
    "TimePolicy",
    "TimeStamp",
    "encode_time_stamp_query",
    "read_claimed_time",
    "read_time_stamp_answer",
    "verify_time_stamp",
]

MAXIMAL_OCTETS: Final = 65_536
"""Of a token, and of an answer; real ones with a chain in them have some 6,000."""
_SHA256: Final = "sha256"
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePolicy:
    """What the judging side asks of a time-stamp.

    Attributes:
        authorities: Parties (URNs) whose time-stamps are believed; None is every one that some
            state lists for time-stamps.
        policies: Object identifiers of the policies that are good enough; None is every policy of
            an authority that is believed.
        accuracy: How inexact a time may be at most.
        assumed_accuracy: What is taken where a token says nothing (ETSI EN 319 421 asks for a
            second or better).
    """

    authorities: frozenset[str] | None = None
    policies: frozenset[str] | None = None
    accuracy: timedelta = timedelta(minutes=1)
    assumed_accuracy: timedelta = timedelta(seconds=1)


DEFAULT_TIME_POLICY: Final = TimePolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """A time-stamp that was verified.

    Attributes:
        generated_at: genTime, by the authority's clock.
        accuracy: By how much that clock may err.
        authority: Whose it is.
        policy: Object identifier.
        serial: Of the token.
        token: DER.
    """

    generated_at: datetime
    accuracy: timedelta
    authority: ListedCertificate
    policy: str
    serial: int
    token: bytes

    @property
    def proven_at(self) -> datetime:
        """When what it covers is proven to have existed at the latest."""
        return self.generated_at + self.accuracy


def encode_time_stamp_query(imprint: bytes, *, nonce: int) -> bytes:
    """Write a query for a SHA-256 digest, the certificate to come with the answer."""
    return _dump(
        TimeStampReq(
            {
                "version": "v1",
                "message_imprint": MessageImprint(
                    {"hash_algorithm": {"algorithm": _SHA256}, "hashed_message": imprint}
                ),
                "nonce": nonce,
                "cert_req": True,
            }
        )
    )


def read_time_stamp_answer(raw: bytes) -> bytes:
    """Take the token out of an answer; it is not verified yet.

    Raises:
        RefusedError: ``time_stamp.malformed``.
        UnavailableError: ``time_stamp.rejected``: the authority grants none, and says why.
    """
    with translating("time_stamp.malformed", "an answer of a time-stamp authority"):
        _check_size(raw)
        answer: Any = load_strictly(TimeStampAnswer, raw)
        status = answer["status"]["status"].native
        failures = ", ".join(sorted(map(str, answer["status"]["fail_info"].native or ())))
        token = answer["time_stamp_token"]
        octets: bytes = b"" if isinstance(token, Void) else token.dump()
    if status not in _GRANTED or not octets:
        message = f"expected a time-stamp, found: {status} {failures}".rstrip()
        raise UnavailableError("time_stamp.rejected", message)
    return octets


def read_claimed_time(token: bytes) -> datetime:
    """Read when a token says that it was made; nothing of it is verified.

    Raises:
        RefusedError: ``time_stamp.malformed``.
    """
    with translating("time_stamp.malformed", "a time-stamp token"):
        _check_size(token)
        _, info, _ = _open(token)
        claimed: datetime = info["gen_time"].native
    return claimed


def verify_time_stamp(
    token: bytes,
    *,
    imprint: bytes,
    trust: TrustBundle,
    at: datetime,
    nonce: int | None = None,
    proven_at: datetime | None = None,
    policy: TimePolicy = DEFAULT_TIME_POLICY,
) -> TimeStamp:
    """Verify a token.

    T1. It is signed data of one signer over a TSTInfo, with the signer's certificate.
    T2. It is about this digest, by SHA-256; the nonce is that of the query, where there was one.
    T3. Its policy and accuracy are good enough.
    T4. A state lists that certificate for time-stamps, a pinned root of it issued it, and list and
        certificate hold at genTime. Revoked: only for what was stamped before. Compromised: only
        for what other evidence proves to be older.
    T5. The certificate serves time-stamps and nothing else, and says so critically.
    T6. The signed attributes name it, and the signature is one by its key.

    Args:
        token: DER.
        imprint: SHA-256 of what was stamped.
        trust: Whom to trust.
        at: The judging moment; the list must be in force.
        nonce: Of the query; None for a token that is kept.
        proven_at: When the token itself is proven to have existed at the latest.
        policy: What is asked of it.

    Raises:
        RefusedError: ``time_stamp.*``, and what `TrustBundle.judge_certificate` raises.
        UndeterminedError: ``trust.list_expired``, ``certificate.status_unknown``.
    """
    with translating("time_stamp.malformed", "a time-stamp token"):
        _check_size(token)
        signed, info, certificate = _open(token)
        generated_at: datetime = info["gen_time"].native
        stated_policy: str = info["policy"].dotted
        serial: int = info["serial_number"].native
        accuracy = _read_accuracy(info["accuracy"], policy)
        imprint_found = info["message_imprint"]["hashed_message"].native
        algorithm = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        nonce_found = info["nonce"].native
    if (algorithm, imprint_found) != (_SHA256, imprint):
        message = f"expected a time-stamp of {imprint.hex()}, found one of something else"
        raise RefusedError("time_stamp.imprint", message)
    if nonce is not None and nonce_found != nonce:
        message = "expected the nonce of the query, found another one: an old answer, or none to it"
        raise RefusedError("time_stamp.nonce", message, actor=Actor.OPERATOR)
    if policy.policies is not None and stated_policy not in policy.policies:
        message = f"expected one of {', '.join(sorted(policy.policies))}, found {stated_policy}"
        raise RefusedError("time_stamp.policy", message, actor=Actor.OPERATOR)
    if accuracy > policy.accuracy:
        message = f"expected an accuracy of {policy.accuracy} or better, found {accuracy}"
        raise RefusedError("time_stamp.accuracy", message, actor=Actor.OPERATOR)
    authority = _judge_authority(
        certificate, trust, at=at, generated_at=generated_at, proven_at=proven_at, policy=policy
    )
    _check_use(authority)
    with translating("time_stamp.malformed", "a time-stamp token with signed attributes"):
        _check_named(signed, authority)
    _check_signature(token, authority, imprint)
    return TimeStamp(
        generated_at=generated_at,
        accuracy=accuracy,
        authority=authority,
        policy=stated_policy,
        serial=serial,
        token=token,
    )


# --- steps -------------------------------------------------------------------------------------


def _check_size(raw: bytes) -> None:
    if len(raw) > MAXIMAL_OCTETS:
        message = f"expected at most {MAXIMAL_OCTETS} octets of a time-stamp, found {len(raw)}"
        raise RefusedError("time_stamp.malformed", message)


def _open(token: bytes) -> tuple[Any, Any, bytes]:
    """Take a token apart: signed data, TSTInfo, the signer's certificate."""
    outer: Any = load_strictly(ContentInfo, token)
    if outer["content_type"].native != "signed_data":
        raise ValueError
    signed = outer["content"]
    content = signed["encap_content_info"]
    (signer,) = signed["signer_infos"]
    if content["content_type"].native != "tst_info" or signer["sid"].name != (
        "issuer_and_serial_number"
    ):
        raise ValueError
    info = content["content"].parsed
    if info["version"].native != "v1" or info["gen_time"].native.tzinfo is None:
        raise ValueError
    sid = signer["sid"].chosen
    (found,) = (
        each.chosen
        for each in signed["certificates"]
        if each.name == "certificate"
        and each.chosen.issuer == sid["issuer"]
        and each.chosen.serial_number == sid["serial_number"].native
    )
    return signed, info, found.dump()


def _read_accuracy(found: Any, policy: TimePolicy) -> timedelta:  # noqa: ANN401 - asn1crypto
    if found.native is None:
        return policy.assumed_accuracy
    stated = found.native
    return timedelta(
        seconds=stated["seconds"] or 0,
        milliseconds=stated["millis"] or 0,
        microseconds=stated["micros"] or 0,
    )


def _judge_authority(
    certificate: bytes,
    trust: TrustBundle,
    *,
    at: datetime,
    generated_at: datetime,
    proven_at: datetime | None,
    policy: TimePolicy,
) -> ListedCertificate:
    found = next(
        (
            each
            for listed in trust.lists.values()
            for entries in listed.parties.values()
            for each in entries
            if each.purpose is Purpose.TIME_STAMP and each.certificate.der == certificate
        ),
        None,
    )
    if found is None:
        message = "expected a time-stamp of an authority that a state lists, found another one's"
        raise RefusedError("time_stamp.unlisted", message, actor=Actor.OPERATOR)
    if policy.authorities is not None and found.party not in policy.authorities:
        told = ", ".join(sorted(policy.authorities))
        message = f"expected a time-stamp of {told}, found one of {found.party}"
        raise RefusedError("time_stamp.unlisted", message, actor=Actor.OPERATOR)
    # RFC 3161, 4: a certificate that ended in order leaves tokens valid that were made before, and
    # the authority's word for when that was is good. A key that somebody else may have, as after a
    # revocation for no stated reason, can date back.
    status = trust.statuses.get(found.certificate.thumbprint)
    own_word = isinstance(status, Distrust) and status.ended_in_order
    return trust.judge_certificate(
        certificate,
        party=parse_party_id(found.party),
        purpose=Purpose.TIME_STAMP,
        moments=(generated_at,),
        at=at,
        proven_at=generated_at if own_word else proven_at,
    )


def _check_use(authority: ListedCertificate) -> None:
    try:
        use = authority.certificate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        use = None
    if use is None or not use.critical or list(use.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        message = "expected a certificate for time-stamps alone, critically (RFC 3161, 2.3)"
        raise RefusedError("time_stamp.certificate", message, actor=Actor.OPERATOR)


def _check_named(signed: Any, authority: ListedCertificate) -> None:  # noqa: ANN401 - asn1crypto
    (signer,) = signed["signer_infos"]
    named = [
        each
        for attribute in signer["signed_attrs"]
        if attribute["type"].native == "signing_certificate_v2"
        for value in attribute["values"]
        for each in value["certs"]
    ]
    if not named or named[0]["hash_algorithm"]["algorithm"].native != _SHA256:
        message = "expected signed attributes that name the certificate by SHA-256 (RFC 5816)"
        raise RefusedError("time_stamp.certificate", message, actor=Actor.OPERATOR)
    if f"sha-256:{named[0]['cert_hash'].native.hex()}" != authority.certificate.thumbprint:
        message = "expected signed attributes that name the signer's certificate, found another"
        raise RefusedError("time_stamp.certificate", message, actor=Actor.OPERATOR)


def _check_signature(token: bytes, authority: ListedCertificate, imprint: bytes) -> None:
    *between, root = authority.path
    verifier = VerifierBuilder(
        tsa_certificate=authority.certificate.parsed,
        intermediates=[each.parsed for each in between],
        roots=[root.parsed],
    ).build()
    # rfc3161-client takes whole answers; a token that is kept gets its frame back.
    with translating("time_stamp.malformed", "a time-stamp token"):
        answer = _dump(
            TimeStampAnswer(
                {
                    "status": {"status": "granted"},
                    "time_stamp_token": load_strictly(ContentInfo, token),
                }
            )
        )
    try:
        verifier.verify(decode_timestamp_response(answer), imprint)
    except (VerificationError, ValueError) as cause:
        moment = format_instant(authority.certificate.valid_until)
        message = f"expected a signature by the listed authority (until {moment}): {cause}"
        raise RefusedError("time_stamp.signature", message) from cause


def _dump(value: Any) -> bytes:  # noqa: ANN401 - asn1crypto
    octets: bytes = value.dump()
    return octets
