"""A simulated time-stamp authority (RFC 3161) for tests and demonstrations.

It answers queries as a real one does, `openssl ts` takes its answers, and its clock is this
machine's: nobody outside should believe it. What it refuses it refuses in the protocol's own words
(PKIFailureInfo).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from asn1crypto.cms import CMSAttributes, ContentInfo, EncapsulatedContentInfo, SignedData
from asn1crypto.core import ParsableOctetString
from asn1crypto.tsp import TimeStampReq, TSTInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from swb_schemas.evidence.asn1 import TimeStampAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["SIMULATED_POLICY", "SimulatedTimeStampAuthority", "load_time_stamp_authority"]

SIMULATED_POLICY: Final = "2.25.304137352094273851604518209823446163187"
"""Its policy: an object identifier made of a UUID (ITU-T X.667), which needs no registration."""

_MAXIMAL_QUERY: Final = 8_192
_DIGEST_OCTETS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}


class _RejectedError(Exception):
    """Carries the reason in the protocol's words."""


@dataclass(slots=True, kw_only=True)
class SimulatedTimeStampAuthority:
    """One authority.

    Attributes:
        key: Its private key.
        certificate: DER.
        now: Its clock.
        serials: Numbers of tokens, each once.
        accuracy: By how much the clock may err, as tokens say it.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    now: Callable[[], datetime]
    serials: Iterator[int] = field(default_factory=lambda: count(1))
    accuracy: timedelta = timedelta(seconds=1)

    def answer(self, raw: bytes) -> bytes:
        """Answer a query, whatever it is: with a token, or with why there is none."""
        try:
            query, certificate_asked = _read_query(raw)
        except _RejectedError as rejected:
            return _dump(
                TimeStampAnswer(
                    {"status": {"status": "rejection", "fail_info": {str(rejected)}}},
                )
            )
        return _dump(
            TimeStampAnswer(
                {
                    "status": {"status": "granted"},
                    "time_stamp_token": self._make_token(query, with_it=certificate_asked),
                }
            )
        )

    def _make_token(self, query: Any, *, with_it: bool) -> ContentInfo:  # noqa: ANN401 - asn1crypto
        certificate = Certificate.load(self.certificate)
        millis = self.accuracy // timedelta(milliseconds=1)
        members: dict[str, object] = {
            "version": "v1",
            "policy": SIMULATED_POLICY,
            "message_imprint": query["message_imprint"],
            "serial_number": next(self.serials),
            "gen_time": self.now().replace(microsecond=0),
            "accuracy": {
                name: value
                for name, value in (("seconds", millis // 1000), ("millis", millis % 1000))
                if value
            },
        }
        if query["nonce"].native is not None:
            members["nonce"] = query["nonce"]
        info = _dump(TSTInfo(members))
        attributes = CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [sha256(info).digest()]},
                {
                    "type": "signing_certificate_v2",
                    "values": [{"certs": [{"cert_hash": sha256(self.certificate).digest()}]}],
                },
            ]
        )
        value = self.key.sign(_dump(attributes), ec.ECDSA(hashes.SHA256()))
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": EncapsulatedContentInfo(
                {"content_type": "tst_info", "content": ParsableOctetString(info)}
            ),
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": {
                        "issuer_and_serial_number": {
                            "issuer": certificate.issuer,
                            "serial_number": certificate.serial_number,
                        }
                    },
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": value,
                }
            ],
        }
        if with_it:
            signed["certificates"] = [certificate]
        return ContentInfo({"content_type": "signed_data", "content": SignedData(signed)})


def load_time_stamp_authority(
    key: Path, certificate: Path, now: Callable[[], datetime]
) -> SimulatedTimeStampAuthority:
    """Load one from PEM files; serial numbers go on from the present time, so none comes twice."""
    loaded = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        message = "expected a key on an elliptic curve"
        raise TypeError(message)
    parsed = load_pem_x509_certificate(certificate.read_bytes())
    return SimulatedTimeStampAuthority(
        key=loaded,
        certificate=parsed.public_bytes(Encoding.DER),
        now=now,
        serials=count(int(now().timestamp() * 1_000_000)),
    )


def _read_query(raw: bytes) -> tuple[Any, bool]:
    if len(raw) > _MAXIMAL_QUERY:
        raise _RejectedError("bad_data_format")
    try:
        query: Any = TimeStampReq.load(raw, strict=True)
        version = query["version"].native
        imprint = query["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        size = len(imprint["hashed_message"].native)
        asked_policy = query["req_policy"].dotted if query["req_policy"].native else None
        extensions = query["extensions"].native
        certificate_asked = bool(query["cert_req"].native)
        _ = query["nonce"].native
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as cause:
        raise _RejectedError("bad_data_format") from cause
    if algorithm not in _DIGEST_OCTETS:
        raise _RejectedError("bad_alg")
    if version != "v1" or size != _DIGEST_OCTETS[algorithm]:
        raise _RejectedError("bad_request")
    if asked_policy not in {None, SIMULATED_POLICY}:
        raise _RejectedError("unaccepted_policy")
    if extensions:
        raise _RejectedError("unaccepted_extensions")
    return query, certificate_asked


def _dump(value: Any) -> bytes:  # noqa: ANN401 - asn1crypto
    octets: bytes = value.dump()
    return octets
