"""The code on a printed certificate: its key fields themselves, signed, in one QR code.

A code is text, ``SWB1:`` or ``SWB2:`` and Base45 of a COSE_Sign1 (RFC 9052, 4.2) with ES256. Each
sheet has one of its own, with the items that stand on that sheet; all carry what names the
certificate and the digest of the sealed document. The form is specified in
docs/reference/print-code.md, so that anybody can write a verifier; `print_verification` is ours.
What the fields are is said in `printed_fields`. Nothing that this module reads is trusted.

Version 2 says what an item weighs that has no quantity; a code that has nothing of the kind to say
is one of version 1, as it always was.

CBOR is deterministic (RFC 8949, 4.2.1): one content has one spelling, and no other is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import cbor2
from pydantic import ValidationError

from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.parties import CertificateKey, parse_certificate_key
from swb_schemas.wire.base45 import decode_base45, encode_base45
from swb_schemas.wire.printed_fields import PrintedFields, PrintedItem, PrintedParty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


__all__ = [
    "LARGEST_CODE",
    "PREFIXES",
    "ClaimedPrintCode",
    "UnsignedPrintCode",
    "begins_code",
    "decode_print_code",
    "name_key",
    "prepare_print_code",
    "read_fields",
    "split_codes",
]

PREFIXES: Final = ("SWB1:", "SWB2:")
"""What the text of a code begins with, by version from 1 on."""
_ANY_PREFIX: Final = re.compile(r"SWB[1-9][0-9]{0,2}:")
LARGEST_CODE: Final = 960
"""Octets of a COSE_Sign1: as text it fits a QR code of version 25 with error correction M, 117
modules wide, which a telephone reads from 46 mm of paper."""
_CONTEXT: Final = "urn:swb:print-code:{version}"
"""External authenticated data (RFC 9052, 4.3): a signature over it is one over a print code, and
one of this version."""
_SIGN1_TAG: Final = b"\xd2"
_ALGORITHM: Final = 1
_KEY_ID: Final = 4
_ES256: Final = -7
_KEY_ID_OCTETS: Final = 8
_SIGNATURE_OCTETS: Final = 64
_DEEPEST: Final = 4
_ITEM_PARTS: Final = 5
"""What every item has, and in version 1 no item more."""
_EPOCH: Final = date(1970, 1, 1)
_CODE: Final = "print_code.malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPrintCode:
    """A code, read and not yet verified.

    Attributes:
        version: Of its form; the signature is over it.
        claimed_key_id: First octets of the SHA-256 of the signing certificate; a hint.
        payload: The fields' octets, to be read by `read_fields` once they are verified.
        signature: r and s, 32 octets each.
        to_be_signed: What the signature is over (Sig_structure).
    """

    version: int
    claimed_key_id: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedPrintCode:
    """A code that lacks its signature.

    Attributes:
        to_be_signed: For ECDSA with P-256 and SHA-256.
    """

    _version: int
    _protected: bytes
    _payload: bytes
    to_be_signed: bytes

    def attach(self, signature: bytes) -> str:
        """Join the signature (r and s, 32 octets each) and write the code's text."""
        parts = [self._protected, {}, self._payload, signature]
        return PREFIXES[self._version - 1] + encode_base45(_SIGN1_TAG + _encode(parts))

    @property
    def octets(self) -> int:
        """Size of the code once it is signed, to be compared with `LARGEST_CODE`."""
        parts = [self._protected, {}, self._payload, bytes(_SIGNATURE_OCTETS)]
        return len(_SIGN1_TAG) + len(_encode(parts))


def name_key(certificate: bytes) -> bytes:
    """Name a certificate (DER) as codes do."""
    return sha256(certificate).digest()[:_KEY_ID_OCTETS]


# --- writing -----------------------------------------------------------------------------------


def prepare_print_code(fields: PrintedFields, *, certificate: bytes) -> UnsignedPrintCode:
    """Prepare a code for signing.

    Args:
        fields: What it says.
        certificate: Of the signing key, DER.
    """
    protected = _encode({_ALGORITHM: _ES256, _KEY_ID: name_key(certificate)})
    payload = _encode({number: write(fields) for number, write in _writers(fields)})
    return UnsignedPrintCode(
        _version=fields.version,
        _protected=protected,
        _payload=payload,
        to_be_signed=_sig_structure(fields.version, protected, payload),
    )


_ENVIRONMENTS: Final = tuple(Environment)
_COPIES: Final = tuple(CopyType)


def _writers(
    fields: PrintedFields,
) -> Sequence[tuple[int, Callable[[PrintedFields], object]]]:
    return [
        (number, write)
        for number, write in enumerate(_WRITERS, start=1)
        if write(fields) is not None
    ]


_WRITERS: Final[tuple[Callable[[PrintedFields], object], ...]] = (
    lambda each: bytes.fromhex(each.document_id.replace("-", "")),
    lambda each: each.digest,
    lambda each: _write_key(parse_certificate_key(each.certificate_key)),
    lambda each: each.issuing_party.removeprefix(_PARTY),
    lambda each: _ENVIRONMENTS.index(each.environment),
    lambda each: _COPIES.index(each.copy_type),
    lambda each: (each.issued_on - _EPOCH).days,
    lambda each: int(each.sealed_at.timestamp()),
    lambda each: int(each.signed_at.timestamp()),
    lambda each: each.destination,
    lambda each: _write_party(each.exporter),
    lambda each: _write_party(each.consignee),
    lambda each: [each.sheet, each.sheets],
    lambda each: each.item_count,
    lambda each: [_write_item(item) for item in each.items],
    lambda each: (each.valid_until - _EPOCH).days if each.valid_until else None,
    lambda each: (each.first_issued_on - _EPOCH).days if each.first_issued_on else None,
)
"""How each field is written, by its number in the map from 1 on."""
_PARTY: Final = "urn:swb:party:"


def _write_key(key: CertificateKey) -> list[str]:
    return [key.state, key.office, key.number]


def _write_party(party: PrintedParty) -> list[object]:
    return [value for value in party.model_dump().values() if value is not None]


def _write_item(item: PrintedItem) -> list[object]:
    parts = list(item.model_dump().values())
    return parts if item.gross_measure is not None else parts[:_ITEM_PARTS]


def _encode(value: object) -> bytes:
    octets: bytes = cbor2.dumps(value, canonical=True)
    return octets


def _sig_structure(version: int, protected: bytes, payload: bytes) -> bytes:
    context = _CONTEXT.format(version=version).encode()
    return _encode(["Signature1", protected, context, payload])


# --- reading -----------------------------------------------------------------------------------


def begins_code(text: str) -> bool:
    """Whether a text begins as a code of any version does, also of one that is not read here."""
    return _ANY_PREFIX.match(text) is not None


def split_codes(text: str) -> list[str]:
    """Split pasted text into codes: each begins a line, and goes on over lines that mail wrapped.

    What stands before the first code is given as it is, line by line.
    """
    codes: list[str] = []
    for line in text.split("\n"):
        part = line.rstrip("\r")
        if begins_code(part.lstrip()) or not (codes and begins_code(codes[-1])):
            part = part.lstrip()
            codes += [part] if part else []
        elif part.strip():
            codes[-1] += part
    return codes


def decode_print_code(text: str) -> ClaimedPrintCode:
    """Read a code's text as far as it can be read before it is verified.

    Raises:
        RefusedError: ``print_code.malformed``; ``print_code.algorithm``: anything but ES256.
        UndeterminedError: ``print_code.version``: a later form than is known here.
    """
    prefix, colon, spelled = text.partition(":")
    expected = " or ".join(PREFIXES)
    if not begins_code(text):
        message = f"expected the text of a code, which begins with {expected}, found something else"
        raise RefusedError(_CODE, message)
    if prefix + colon not in PREFIXES:
        message = f"expected a code that begins with {expected}, found one of {prefix}{colon}"
        raise UndeterminedError("print_code.version", message, actor=Actor.RECIPIENT)
    version = PREFIXES.index(prefix + colon) + 1
    raw = decode_base45(spelled)
    if len(raw) > LARGEST_CODE or raw[:1] != _SIGN1_TAG:
        message = f"expected a COSE_Sign1 of at most {LARGEST_CODE} octets"
        raise RefusedError(_CODE, message)
    match _decode(raw[1:], "a COSE_Sign1"):
        case [bytes(protected), dict(unprotected), bytes(payload), bytes(signature)] if (
            not unprotected and len(signature) == _SIGNATURE_OCTETS
        ):
            pass
        case _:
            message = "expected a COSE_Sign1 of four parts with nothing unprotected"
            raise RefusedError(_CODE, message)
    match _decode(protected, "protected headers"):
        case {1: int(algorithm), 4: bytes(key_id), **more} if not more:
            pass
        case _:
            message = "expected algorithm and key id as protected headers, and nothing else"
            raise RefusedError(_CODE, message)
    if algorithm != _ES256 or len(key_id) != _KEY_ID_OCTETS:
        message = f"expected ES256 ({_ES256}) and a key id of {_KEY_ID_OCTETS} octets"
        raise RefusedError("print_code.algorithm", message)
    return ClaimedPrintCode(
        version=version,
        claimed_key_id=key_id,
        payload=payload,
        signature=signature,
        to_be_signed=_sig_structure(version, protected, payload),
    )


def read_fields(payload: bytes, *, version: int) -> PrintedFields:
    """Read the fields of a code whose signature has been verified.

    Args:
        payload: Of the code.
        version: Of its form.

    Raises:
        RefusedError: ``print_code.malformed``: not of this form; whoever signed it wrote another.
    """
    found = _decode(payload, "a map of fields")
    try:
        fields = _read(found)
    except (KeyError, ValueError, TypeError, IndexError, OverflowError, RefusedError) as cause:
        fault = cause.errors()[0]["loc"] if isinstance(cause, ValidationError) else ()
        where = f" at {'/'.join(map(str, fault))}" if fault else ""
        message = f"expected the fields of a print code, found something else{where}"
        raise RefusedError(_CODE, message) from cause
    spelled = _encode({number: write(fields) for number, write in _writers(fields)})
    if spelled != payload or fields.version != version:
        message = "expected the fields of a print code in their one spelling, and no others"
        raise RefusedError(_CODE, message)
    return fields


def _decode(raw: bytes, what: str) -> object:
    try:
        value: object = cbor2.loads(
            raw,
            tag_hook=_refuse_tag,
            max_depth=_DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        if _encode(value) == raw:
            return value
    except (cbor2.CBORError, ValueError, TypeError, ArithmeticError, RecursionError) as cause:
        message = f"expected {what} in deterministic CBOR (RFC 8949, 4.2.1)"
        raise RefusedError(_CODE, message) from cause
    message = f"expected {what} in deterministic CBOR (RFC 8949, 4.2.1), found another spelling"
    raise RefusedError(_CODE, message)


def _refuse_tag(*_: object) -> object:
    message = "expected no tag"
    raise ValueError(message)


def _read(found: object) -> PrintedFields:
    if not isinstance(found, dict):
        message = "expected a map"
        raise TypeError(message)
    state, office, number = found[3]
    sheet, sheets = found[13]
    return PrintedFields(
        document_id=_read_uuid(found[1]),
        digest=found[2],
        certificate_key=str(parse_certificate_key(str(CertificateKey(state, office, number)))),
        issuing_party=_PARTY + found[4],
        environment=_ENVIRONMENTS[found[5]],
        copy_type=_COPIES[found[6]],
        issued_on=_read_day(found[7]),
        sealed_at=datetime.fromtimestamp(found[8], UTC),
        signed_at=datetime.fromtimestamp(found[9], UTC),
        destination=found[10],
        exporter=_read_party(found[11]),
        consignee=_read_party(found[12]),
        sheet=sheet,
        sheets=sheets,
        item_count=found[14],
        items=tuple(_read_item(each) for each in found[15]),
        valid_until=_read_day(found[16]) if 16 in found else None,  # noqa: PLR2004 - its number
        first_issued_on=_read_day(found[17]) if 17 in found else None,  # noqa: PLR2004 - as above
    )


def _read_uuid(octets: bytes) -> str:
    digits = octets.hex()
    return "-".join(digits[i:j] for i, j in ((0, 8), (8, 12), (12, 16), (16, 20), (20, None)))


def _read_day(days: int) -> date:
    return _EPOCH + timedelta(days=days)


def _read_party(found: Sequence[object]) -> PrintedParty:
    return PrintedParty.model_validate(dict(zip(PrintedParty.model_fields, found, strict=False)))


def _read_item(found: Sequence[object]) -> PrintedItem:
    if len(found) not in {_ITEM_PARTS, len(PrintedItem.model_fields)}:
        message = "expected an item of five parts, or of seven with its weight"
        raise ValueError(message)
    return PrintedItem.model_validate(dict(zip(PrintedItem.model_fields, found, strict=False)))
