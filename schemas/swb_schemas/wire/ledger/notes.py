"""Signed notes (c2sp.org/signed-note): a text, a blank line, and lines with signatures of it.

Two types of signature are known here, both ECDSA P-256 with SHA-256, as the trust lists have keys:

* of the log: the note's text, type ``0x02`` of that specification. The key's id is the first four
  octets of the SHA-256 of the key's SubjectPublicKeyInfo, the signature is DER (RFC 3279, 2.2.3).
* of a witness: `cosignature_input`, after c2sp.org/tlog-cosignature, which has no ECDSA. So its
  type is ``0xff`` with a name of our own behind it; before the DER stands the time, 8 octets.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import verify_ecdsa

if TYPE_CHECKING:
    from swb_schemas.wire.certificates import Certificate

__all__ = [
    "Note",
    "NoteSignature",
    "cosignature_input",
    "cosigner_key_id",
    "log_key_id",
    "parse_note",
    "parse_note_signature",
    "sign_as_cosigner",
    "sign_as_log",
    "verify_as_cosigner",
    "verify_as_log",
]

_LARGEST: Final = 65_536
"""Octets of a note."""
_MOST_SIGNATURES: Final = 64
_DASH: Final = "\u2014 "
_KEY_ID_OCTETS: Final = 4
_TIME_OCTETS: Final = 8
_LATEST: Final = 253_402_300_799
"""The last second of the year 9999."""
_COSIGNATURE_TYPE: Final = b"\xffurn:swb:cosignature-ecdsa-p256:1"
_OCTETS_OF_HALF: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One line below a note.

    Attributes:
        name: Of the key.
        key_id: Four octets; a hint to the key and the type of signature, never trusted.
        value: What follows the key's id.
    """

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line, with its line feed."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text with its signatures, none of them judged.

    Attributes:
        text: With its last line feed.
        signatures: In order.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Write the note."""
        return (self.text + "\n" + "".join(each.line for each in self.signatures)).encode()


def parse_note(raw: bytes) -> Note:
    """Read a signed note.

    Raises:
        RefusedError: ``ledger.note``.
    """
    if len(raw) > _LARGEST:
        raise RefusedError("ledger.note", f"expected at most {_LARGEST} octets of note")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as cause:
        raise RefusedError("ledger.note", "expected a note in UTF-8") from cause
    if any(character < " " and character != "\n" for character in whole):
        raise RefusedError("ledger.note", "expected a note without control characters")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not text or not lines.endswith("\n"):
        message = "expected a note: text, a blank line, and lines with signatures"
        raise RefusedError("ledger.note", message)
    found = lines[:-1].split("\n")
    if len(found) > _MOST_SIGNATURES:
        raise RefusedError("ledger.note", f"expected at most {_MOST_SIGNATURES} signatures")
    return Note(text=text + "\n", signatures=tuple(parse_note_signature(each) for each in found))


def parse_note_signature(line: str) -> NoteSignature:
    """Read one line with a signature, without its line feed.

    Raises:
        RefusedError: ``ledger.note``.
    """
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    message = "expected an em dash, the key's name and a signature in base64"
    if not line.startswith(_DASH) or not name or "+" in name or len(name.split()) != 1:
        raise RefusedError("ledger.note", message)
    try:
        octets = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise RefusedError("ledger.note", message) from cause
    if len(octets) <= _KEY_ID_OCTETS or base64.b64encode(octets).decode() != coded:
        raise RefusedError("ledger.note", message)
    return NoteSignature(name=name, key_id=octets[:_KEY_ID_OCTETS], value=octets[_KEY_ID_OCTETS:])


# --- the log -----------------------------------------------------------------------------------


def log_key_id(certificate: Certificate) -> bytes:
    """The id of a log's key (signed-note, type 0x02)."""
    return sha256(_public_key(certificate)).digest()[:_KEY_ID_OCTETS]


def sign_as_log(name: str, certificate: Certificate, signature: bytes) -> NoteSignature:
    """Make the log's line.

    Args:
        name: The log's origin.
        certificate: Of the key.
        signature: r and s, 32 octets each, over the note's text in UTF-8.
    """
    return NoteSignature(name=name, key_id=log_key_id(certificate), value=_to_der(signature))


def verify_as_log(signature: NoteSignature, certificate: Certificate, text: str) -> None:
    """Check the log's line.

    Raises:
        RefusedError: ``signature.value``.
    """
    verify_ecdsa(certificate.public_key, _from_der(signature.value), text.encode())


# --- witnesses ---------------------------------------------------------------------------------


def cosigner_key_id(name: str, certificate: Certificate) -> bytes:
    """The id of a witness's key, in the manner that signed-note recommends, with type 0xff."""
    material = name.encode() + b"\n" + _COSIGNATURE_TYPE + _public_key(certificate)
    return sha256(material).digest()[:_KEY_ID_OCTETS]


def cosignature_input(text: str, seconds: int) -> bytes:
    """What a witness signs (tlog-cosignature, v1): header, time, the note's text.

    Args:
        text: Of the checkpoint.
        seconds: Since 1970, UTC.
    """
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def sign_as_cosigner(
    name: str, certificate: Certificate, signature: bytes, *, seconds: int
) -> NoteSignature:
    """Make a witness's line.

    Args:
        name: The witness: a party's URN.
        certificate: Of the key.
        signature: r and s, 32 octets each, over `cosignature_input`.
        seconds: The time that was signed.
    """
    return NoteSignature(
        name=name,
        key_id=cosigner_key_id(name, certificate),
        value=seconds.to_bytes(_TIME_OCTETS) + _to_der(signature),
    )


def verify_as_cosigner(signature: NoteSignature, certificate: Certificate, text: str) -> int:
    """Check a witness's line.

    Returns:
        When it signed, in seconds since 1970.

    Raises:
        RefusedError: ``signature.value``.
    """
    seconds = int.from_bytes(signature.value[:_TIME_OCTETS])
    if seconds > _LATEST:
        raise RefusedError("signature.value", "expected a cosignature of this age of the world")
    verify_ecdsa(
        certificate.public_key,
        _from_der(signature.value[_TIME_OCTETS:]),
        cosignature_input(text, seconds),
    )
    return seconds


# --- keys and signatures -----------------------------------------------------------------------


def _public_key(certificate: Certificate) -> bytes:
    return certificate.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _to_der(signature: bytes) -> bytes:
    r = int.from_bytes(signature[:_OCTETS_OF_HALF])
    s = int.from_bytes(signature[_OCTETS_OF_HALF:])
    return encode_dss_signature(r, s)


def _from_der(value: bytes) -> bytes:
    message = "expected an ECDSA signature in DER"
    try:
        r, s = decode_dss_signature(value)
        octets = r.to_bytes(_OCTETS_OF_HALF) + s.to_bytes(_OCTETS_OF_HALF)
    except (ValueError, OverflowError) as cause:
        raise RefusedError("signature.value", message) from cause
    if encode_dss_signature(r, s) != value:
        raise RefusedError("signature.value", message)
    return octets
