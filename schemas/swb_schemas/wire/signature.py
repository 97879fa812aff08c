"""The one shape of signature: XAdES baseline B, enveloped, over the whole file.

Clauses: XML Signature 1.1 (W3C, 2013) 4 and 6.6.4; Exclusive XML Canonicalization 1.0; ECDSA
values by RFC 6931 2.3.6; ETSI EN 319 132-1 5.2 and 6.3 level B (SigningTime, SigningCertificateV2,
DataObjectFormat, CommitmentTypeIndication).

Because a file is its own canonical form and the signature is one run of octets in it, everything
here is cutting and hashing octets:

* the digest of the reference ``URI=""`` is SHA-256 over the file with the signature cut out;
* the canonical forms of SignedProperties and SignedInfo differ from their octets in the file only
  by namespace declarations at known places.

Preparing and attaching are separate because keys sit behind a port that signs bytes. There is
deliberately no general XML signature code here: a signature of any other shape is refused, however
valid. The shape is written out once, as `_SIGNED_PROPERTIES`, `_SIGNED_INFO` and `_SIGNATURE`; the
reader's pattern is derived from it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import Commitment
from swb_schemas.documents.elements import SHA256_URI, Digest, DigestAlgorithm
from swb_schemas.errors import RefusedError
from swb_schemas.wire.octets import decode_base64
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from lxml import etree

__all__ = [
    "DS_NAMESPACE",
    "ECDSA_SHA256_URI",
    "SignatureAlone",
    "SignatureFound",
    "Unsigned",
    "find_signature_octets",
    "prepare_signature",
    "read_signature",
    "read_signature_alone",
]

DS_NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES_NAMESPACE: Final = "http://uri.etsi.org/01903/v1.3.2#"
ECDSA_SHA256_URI: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"

# --- the shape ---------------------------------------------------------------------------------
# A name in braces is a place for a value; everything else is fixed, octet by octet.

_SIGNED_PROPERTIES: Final = (
    '<xades:SignedProperties Id="SignedProperties">'
    "<xades:SignedSignatureProperties>"
    "<xades:SigningTime>{time}</xades:SigningTime>"
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
    '<ds:DigestMethod Algorithm="{certificate_algorithm}"></ds:DigestMethod>'
    "<ds:DigestValue>{certificate_digest}</ds:DigestValue>"
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
    "</xades:SignedSignatureProperties>"
    "<xades:SignedDataObjectProperties>"
    '<xades:DataObjectFormat ObjectReference="#Content">'
    "<xades:MimeType>application/xml</xades:MimeType>"
    "</xades:DataObjectFormat>"
    "<xades:CommitmentTypeIndication>"
    "<xades:CommitmentTypeId><xades:Identifier>{commitment}</xades:Identifier>"
    "</xades:CommitmentTypeId>"
    "<xades:AllSignedDataObjects></xades:AllSignedDataObjects>"
    "</xades:CommitmentTypeIndication>"
    "</xades:SignedDataObjectProperties>"
    "</xades:SignedProperties>"
)
_SIGNED_INFO: Final = (
    "<ds:SignedInfo>"
    f'<ds:CanonicalizationMethod Algorithm="{_EXC_C14N}"></ds:CanonicalizationMethod>'
    '<ds:SignatureMethod Algorithm="{signature_algorithm}"></ds:SignatureMethod>'
    '<ds:Reference Id="Content" URI=""><ds:Transforms>'
    f'<ds:Transform Algorithm="{DS_NAMESPACE}enveloped-signature"></ds:Transform>'
    f'<ds:Transform Algorithm="{_EXC_C14N}"></ds:Transform>'
    "</ds:Transforms>"
    '<ds:DigestMethod Algorithm="{content_algorithm}"></ds:DigestMethod>'
    "<ds:DigestValue>{content_digest}</ds:DigestValue>"
    "</ds:Reference>"
    '<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#SignedProperties">'
    f'<ds:Transforms><ds:Transform Algorithm="{_EXC_C14N}"></ds:Transform></ds:Transforms>'
    '<ds:DigestMethod Algorithm="{properties_algorithm}"></ds:DigestMethod>'
    "<ds:DigestValue>{properties_digest}</ds:DigestValue>"
    "</ds:Reference>"
    "</ds:SignedInfo>"
)
_OPEN: Final = f'<ds:Signature xmlns:ds="{DS_NAMESPACE}" Id="Signature">'
_AFTER_INFO: Final = "<ds:SignatureValue>"
_AFTER_VALUE: Final = (
    "</ds:SignatureValue>"
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>"
    "</ds:X509Data></ds:KeyInfo>"
    "<ds:Object>"
    f'<xades:QualifyingProperties xmlns:xades="{XADES_NAMESPACE}" Target="#Signature">'
)
_CLOSE: Final = "</xades:QualifyingProperties></ds:Object></ds:Signature>"

_DIGEST_PATTERN: Final = "[A-Za-z0-9+/]{43}="
_URI_PATTERN: Final = "[!#-%'-;=?-~]{1,128}"
_VALUES: Final = {
    "time": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,5}[1-9])?Z",
    "certificate_algorithm": _URI_PATTERN,
    "certificate_digest": _DIGEST_PATTERN,
    "commitment": _URI_PATTERN,
    "signature_algorithm": _URI_PATTERN,
    "content_algorithm": _URI_PATTERN,
    "content_digest": "[A-Za-z0-9+/]{16,128}={0,2}",
    "properties_algorithm": _URI_PATTERN,
    "properties_digest": "[A-Za-z0-9+/]{16,128}={0,2}",
    "value": "[A-Za-z0-9+/]{16,2048}={0,2}",
    "certificate": "[A-Za-z0-9+/]{16,22000}={0,2}",
}


def _pattern_of(shape: str) -> str:
    parts = re.split(r"\{(\w+)\}", shape)
    return "".join(
        f"(?P<{part}>{_VALUES[part]})" if at % 2 else re.escape(part)
        for at, part in enumerate(parts)
    )


_SIGNATURE: Final = re.compile(
    (
        re.escape(_OPEN)
        + f"(?P<info>{_pattern_of(_SIGNED_INFO)})"
        + _pattern_of(_AFTER_INFO + "{value}" + _AFTER_VALUE)
        + f"(?P<properties>{_pattern_of(_SIGNED_PROPERTIES)})"
        + re.escape(_CLOSE)
    ).encode()
)
_ANY_SIGNATURE: Final = f"{{{DS_NAMESPACE}}}Signature"
_START: Final = b"<ds:Signature "
_END: Final = b"</ds:Signature>"


def _canonical_properties(properties: bytes) -> bytes:
    """SignedProperties as the apex of its own canonical form."""
    declaration = f' xmlns:ds="{DS_NAMESPACE}"'.encode()
    apex = f' xmlns:xades="{XADES_NAMESPACE}"'.encode()
    return (
        properties.replace(b"<xades:SignedProperties", b"<xades:SignedProperties" + apex, 1)
        .replace(b"<ds:DigestMethod", b"<ds:DigestMethod" + declaration, 1)
        .replace(b"<ds:DigestValue", b"<ds:DigestValue" + declaration, 1)
    )


def _canonical_info(info: bytes) -> bytes:
    """SignedInfo as the apex of its own canonical form."""
    declaration = f' xmlns:ds="{DS_NAMESPACE}"'.encode()
    return info.replace(b"<ds:SignedInfo", b"<ds:SignedInfo" + declaration, 1)


def _base64_of_sha256(octets: bytes) -> str:
    return base64.b64encode(sha256(octets).digest()).decode()


# --- writing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A file that lacks nothing but the signature's value.

    Attributes:
        to_be_signed: What the signer signs: SignedInfo in canonical form.
        digest: Of the document or message: the value of the ``URI=""`` reference.
    """

    to_be_signed: bytes
    digest: Digest
    _before: bytes
    _after: bytes

    def attach(self, signature: bytes) -> bytes:
        """Complete the file.

        Args:
            signature: r and s, 32 octets each, over `to_be_signed`.
        """
        return self._before + base64.b64encode(signature) + self._after


def prepare_signature(
    before: bytes, after: bytes, *, certificate: bytes, at: datetime, commitment: Commitment
) -> Unsigned:
    """Prepare a file for signing.

    Args:
        before: The file's canonical octets up to where the signature goes.
        after: Its canonical octets from there on.
        certificate: The signing certificate, DER.
        at: The signing time.
        commitment: What the signature proves.
    """
    properties = _SIGNED_PROPERTIES.format(
        time=format_instant(at),
        certificate_algorithm=SHA256_URI,
        certificate_digest=_base64_of_sha256(certificate),
        commitment=commitment,
    )
    hashed = sha256(before)
    hashed.update(after)
    digest = Digest.of_sha256(hashed.digest())
    info = _SIGNED_INFO.format(
        signature_algorithm=ECDSA_SHA256_URI,
        content_algorithm=SHA256_URI,
        content_digest=digest.value,
        properties_algorithm=SHA256_URI,
        properties_digest=_base64_of_sha256(_canonical_properties(properties.encode())),
    )
    head = _OPEN + info + _AFTER_INFO
    tail = _AFTER_VALUE.format(certificate=base64.b64encode(certificate).decode())
    return Unsigned(
        to_be_signed=_canonical_info(info.encode()),
        digest=digest,
        _before=before + head.encode(),
        _after=(tail + properties + _CLOSE).encode() + after,
    )


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFound:
    """A signature of the right shape over octets whose digests are right.

    Nothing is trusted yet: whose key it is, and whether the value is that key's, is for
    `swb_schemas.wire.verification`.

    Attributes:
        start: Where the signature begins in the file.
        end: Where it ends.
        digest: Of the document or message, recomputed.
        to_be_signed: SignedInfo in canonical form.
        value: r and s as stated.
        certificate: The named signing certificate, DER as stated.
        signed_at: The claimed signing time.
        commitment: What the signer commits to.
    """

    start: int
    end: int
    digest: Digest
    to_be_signed: bytes
    value: bytes
    certificate: bytes
    signed_at: datetime
    commitment: Commitment


def read_signature(
    raw: bytes,
    root: etree._Element,
    *,
    closing: bytes,
) -> SignatureFound:
    """Find the one signature of a canonical file and recompute its digests.

    Args:
        raw: The file's octets, known to be canonical.
        root: The same, parsed.
        closing: The end tags that must follow the signature, to the file's end.

    Raises:
        RefusedError: ``signature.missing``, ``signature.multiple``, ``signature.misplaced``,
            ``signature.shape``, ``signature.algorithm``, ``signature.certificate_digest``,
            ``signature.properties_digest``, ``signature.content_digest``.
    """
    start, end = _locate(raw, root, closing)
    match = _SIGNATURE.fullmatch(raw, start, end)
    if match is None:
        message = "expected a signature of exactly the one shape in docs/reference/wire.md"
        raise RefusedError("signature.shape", message)
    _check_algorithms(match)
    certificate = decode_base64(
        match["certificate"], code="signature.shape", what="X509Certificate"
    )
    value = decode_base64(match["value"], code="signature.shape", what="SignatureValue")
    _check_digests(match, certificate)
    content = raw[:start] + raw[end:]
    _check_digest(match["content_digest"], content, code="signature.content_digest")
    return SignatureFound(
        start=start,
        end=end,
        digest=_read_digest(match),
        to_be_signed=_canonical_info(match["info"]),
        value=value,
        certificate=certificate,
        signed_at=_read_time(match["time"].decode()),
        commitment=_read_commitment(match["commitment"].decode()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAlone:
    """A signature of the right shape without the file that it is over.

    Attributes:
        digest: Of the document or message, as signed; nobody can recompute it from this.
        to_be_signed: SignedInfo in canonical form.
        value: r and s as stated.
        certificate: The named signing certificate, DER as stated.
        signed_at: The claimed signing time.
        commitment: What the signer commits to.
    """

    digest: Digest
    to_be_signed: bytes
    value: bytes
    certificate: bytes
    signed_at: datetime
    commitment: Commitment


def read_signature_alone(raw: bytes) -> SignatureAlone:
    """Read the signature element that is left of an erased file.

    What it says of its certificate and of its own properties is recomputed; the digest of the file
    stands as it was signed.

    Raises:
        RefusedError: ``signature.shape``, ``signature.algorithm``,
            ``signature.certificate_digest``, ``signature.properties_digest``.
    """
    match = _SIGNATURE.fullmatch(raw)
    if match is None:
        message = "expected a signature of exactly the one shape in docs/reference/wire.md"
        raise RefusedError("signature.shape", message)
    _check_algorithms(match)
    certificate = decode_base64(
        match["certificate"], code="signature.shape", what="X509Certificate"
    )
    value = decode_base64(match["value"], code="signature.shape", what="SignatureValue")
    _check_digests(match, certificate)
    return SignatureAlone(
        digest=_read_digest(match),
        to_be_signed=_canonical_info(match["info"]),
        value=value,
        certificate=certificate,
        signed_at=_read_time(match["time"].decode()),
        commitment=_read_commitment(match["commitment"].decode()),
    )


def find_signature_octets(raw: bytes) -> bytes:
    """Cut out the signature element of a file that was verified before; empty without one.

    In a file of the one shape it is the last element that begins like this.
    """
    start, end = raw.rfind(_START), raw.rfind(_END)
    return raw[start : end + len(_END)] if 0 <= start < end else b""


def _locate(raw: bytes, root: etree._Element, closing: bytes) -> tuple[int, int]:
    count = sum(1 for _ in root.iter(_ANY_SIGNATURE))
    if count == 0:
        message = "expected a signature, found none"
        raise RefusedError("signature.missing", message)
    if count > 1:
        message = f"expected one signature, found {count}"
        raise RefusedError("signature.multiple", message)
    start, end = raw.rfind(_START), len(raw) - len(closing)
    if start < 0 or not raw.endswith(b"</ds:Signature>" + closing):
        message = "expected the signature as the last element of the element that it closes"
        raise RefusedError("signature.misplaced", message)
    return start, end


def _check_digests(match: re.Match[bytes], certificate: bytes) -> None:
    """Check what a signature says of its own parts."""
    _check_digest(match["certificate_digest"], certificate, code="signature.certificate_digest")
    properties = _canonical_properties(match["properties"])
    _check_digest(match["properties_digest"], properties, code="signature.properties_digest")


def _check_digest(stated: bytes, octets: bytes, *, code: str) -> None:
    found = _base64_of_sha256(octets)
    if stated.decode() != found:
        message = f"expected the digest {stated.decode()}, found {found}: octets were altered"
        raise RefusedError(code, message)


def _read_digest(match: re.Match[bytes]) -> Digest:
    value = match["content_digest"].decode()
    return Digest(algorithm=DigestAlgorithm.SHA256, value=value)


def _check_algorithms(match: re.Match[bytes]) -> None:
    """Refuse every algorithm but the one of each kind: nothing sets others, and no file chooses."""
    for name, allowed in (
        ("signature_algorithm", ECDSA_SHA256_URI),
        ("content_algorithm", SHA256_URI),
        ("properties_algorithm", SHA256_URI),
        ("certificate_algorithm", SHA256_URI),
    ):
        found = match[name].decode()
        if found != allowed:
            message = f"expected {allowed}, found {found}"
            raise RefusedError("signature.algorithm", message)


def _read_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as cause:
        message = f"expected an instant as SigningTime, found {text}"
        raise RefusedError("signature.shape", message) from cause


def _read_commitment(text: str) -> Commitment:
    try:
        return Commitment(text)
    except ValueError as cause:
        message = f"expected a commitment type of EN 319 132-1, found {text}"
        raise RefusedError("signature.commitment", message) from cause
