"""The codec of AS2 (RFC 4130) by pyas2lib: a signed message and its signed MDN, built and parsed.

Nothing is stored and nothing is sent. Signatures are RSA 2048 with SHA-256, because oscrypto, on
which pyas2lib rests, signs CMS with RSA; verifying RSA is faster than ECDSA P-256, signing slower.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.hazmat.primitives.serialization import PrivateFormat as Format

from swb.sandbox.bench.peers.worker import PeerDescription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb.sandbox.bench.peers.worker import PeerTask

__all__ = ["open_peer"]

_PASSPHRASE: Final = "bench"  # noqa: S105 - it protects nothing: keys live for one run
_NARROW: Final = r"\b(\d\.\d\.\d[a-z]*)\b"
_WIDE: Final = r"\b(\d+\.\d+\.\d+[a-z]*)\b"


def open_peer(task: PeerTask) -> tuple[PeerDescription, Callable[[], object]]:
    """Make keys for two parties and give the round trip between them."""
    with _newer_openssl() as mended:
        from pyas2lib import as2  # noqa: PLC0415 - an extra, and mended while it is imported

    payload = task.octets.encode()
    (sender_p12, sender), (receiver_p12, receiver) = _make_key("TH"), _make_key("VN")
    sending = as2.Organization(
        as2_name="TH", sign_key=sender_p12, sign_key_pass=_PASSPHRASE, domain="th.example"
    )
    to_receiver = as2.Partner(
        as2_name="VN",
        verify_cert=receiver,
        sign=True,
        digest_alg="sha256",
        mdn_mode="SYNC",
        mdn_digest_alg="sha256",
        validate_certs=False,
    )
    receiving = as2.Organization(
        as2_name="VN", sign_key=receiver_p12, sign_key_pass=_PASSPHRASE, domain="vn.example"
    )
    to_sender = as2.Partner(as2_name="TH", verify_cert=sender, sign=True, validate_certs=False)

    def round_trip() -> None:
        sent = as2.Message(sending, to_receiver)
        sent.build(payload, filename="form-d.xml", content_type="application/xml")
        taken = as2.Message()
        status, _, receipt = taken.parse(
            _join(sent),
            find_org_cb=lambda _: receiving,
            find_partner_cb=lambda _: to_sender,
        )
        _require(status, "processed")
        _require(taken.content.replace(b"\r\n", b"\n"), payload)  # MIME has its own line ends
        answered = as2.Mdn()
        status, _ = answered.parse(_join(receipt), find_message_cb=lambda *_: sent)
        _require(status, "processed")

    description = PeerDescription(
        what="pyas2lib's codec: one signed message with a signed MDN, built and parsed; "
        "RSA 2048, SHA-256; no storage, no transport",
        software={name: version(name) for name in ("pyas2lib", "oscrypto", "pyOpenSSL")},
        remark="oscrypto reads OpenSSL's version with a pattern for one digit a part; its search "
        "was widened in the measuring process while it was imported"
        if mended
        else "",
    )
    return description, round_trip


class _Part(Protocol):
    """A message or an MDN, built."""

    headers_str: bytes
    content: bytes


def _join(part: _Part) -> bytes:
    """Write it as HTTP carries it: header fields and body."""
    return part.headers_str + b"\r\n" + part.content


def _require(found: object, expected: object) -> None:
    if found != expected:
        message = f"expected {str(expected)[:80]!r}, found {str(found)[:80]!r}"
        raise ValueError(message)


def _make_key(name: str) -> tuple[bytes, bytes]:
    """Make a key: PKCS#12 for its owner, and the certificate for the other one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    # What oscrypto can read of what cryptography can write.
    secrecy = (
        Format.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 - it protects nothing: the key lives for this run
        .build(_PASSPHRASE.encode())
    )
    packed = pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, secrecy)
    return packed, certificate.public_bytes(Encoding.PEM)


@contextmanager
def _newer_openssl() -> Iterator[list[str]]:
    """Let oscrypto read the version of an OpenSSL whose parts have two digits, such as 3.0.19.

    Gives what was searched for with its pattern.
    """
    search, mended = re.search, []

    def widened(pattern: str, text: str, flags: int = 0) -> re.Match[str] | None:
        if pattern == _NARROW:
            mended.append(text)
            pattern = _WIDE
        return search(pattern, text, flags)

    re.search = widened  # type: ignore[assignment]  # for as long as it is imported
    try:
        yield mended
    finally:
        re.search = search
