"""``seal`` and ``sign``: a document becomes a sealed document, and that a message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError

from swb_conformance.header_fields import FIELDS
from swb_conformance.reference.members import (
    MalformedRequestError,
    read_moment,
    read_object,
    read_octets,
    read_octets_list,
    spell_octets,
)
from swb_conformance.reference.verifying import load_private_key
from swb_schemas.catalogue import decode_document
from swb_schemas.errors import RefusedError
from swb_schemas.wire import (
    ClearBody,
    MessageHeader,
    SealHeader,
    encrypt_body,
    prepare_message,
    prepare_sealed,
)
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_schemas.wire import Unsigned
    from swb_schemas.wire.encryption import EncryptedBody

__all__ = ["seal", "sign"]

_HALF: Final = 32


def seal(request: Mapping[str, Any]) -> dict[str, object]:
    """Seal a document.

    Raises:
        RefusedError: ``document.invalid``: the header is none; ``seal.disagrees``: its moment is
            not the one of the request; and what decoding and sealing raise.
    """
    document = decode_document(parse_canonical(read_octets(request, "input")))
    told = read_object(request, "header")
    try:
        header = SealHeader.model_validate_json(json.dumps(_as_model(told)))
    except ValidationError as cause:
        message = f"expected a seal header: {_spell(cause)}"
        raise RefusedError("document.invalid", message) from cause
    if header.sealed_at != read_moment(request):
        raise RefusedError("seal.disagrees", "expected SealedAt to be the moment of sealing")
    key, certificate = _read_signer(request)
    return _finish(prepare_sealed(header, document, certificate=certificate), key)


def sign(request: Mapping[str, Any]) -> dict[str, object]:
    """Make a message of a sealed document.

    Raises:
        RefusedError: ``message.header``: the header is none, or says another moment than the
            request does; and what reading the document and encrypting raise.
    """
    sealed = read_octets(request, "input")
    read_kept(sealed)
    told = read_object(request, "header")
    unknown = sorted(set(told) - set(FIELDS))
    if unknown:
        raise RefusedError("message.header", f"expected no field {unknown[0][:60]!r}")
    try:
        header = MessageHeader.model_validate_json(
            json.dumps({FIELDS[name]: each for name, each in told.items()})
        )
    except ValidationError as cause:
        message = f"expected a message's header: {_spell(cause)}"
        raise RefusedError("message.header", message) from cause
    if header.created_at != read_moment(request):
        raise RefusedError("message.header", "expected CreationDateAndTime to be the moment")
    body: ClearBody | EncryptedBody = ClearBody(sealed)
    if request.get("protect") is not None:
        recipient = _load_recipient(read_octets(request, "protect"))
        body = encrypt_body(sealed, recipient=recipient)
    key, certificate = _read_signer(request)
    return _finish(prepare_message(header, body, certificate=certificate), key)


def _as_model(told: object) -> object:
    """An element's text is ``value`` on the page; the model has it as it has elements."""
    if not isinstance(told, dict):
        return told
    return {"Value" if n == "value" else n: _as_model(each) for n, each in told.items()}


def _read_signer(request: Mapping[str, Any]) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    certificates = read_octets_list(request, "certificates")
    if not certificates:
        raise MalformedRequestError("expected certificates: that of the key first")
    return load_private_key(read_octets(request, "key")), certificates[0]


def _load_recipient(pem: bytes) -> ec.EllipticCurvePublicKey:
    try:
        if b"BEGIN CERTIFICATE" in pem:
            key: object = x509.load_pem_x509_certificate(pem).public_key()
        else:
            key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as cause:
        raise MalformedRequestError("expected protect: a key or certificate in PEM") from cause
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MalformedRequestError("expected protect: a P-256 key")
    return key


def _finish(unsigned: Unsigned, key: ec.EllipticCurvePrivateKey) -> dict[str, object]:
    r, s = decode_dss_signature(key.sign(unsigned.to_be_signed, ec.ECDSA(hashes.SHA256())))
    octets = unsigned.attach(r.to_bytes(_HALF) + s.to_bytes(_HALF))
    return {"verdict": "accepted", "code": None, "output": spell_octets(octets)}


def _spell(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'/'.join(str(each) for each in first['loc'])}: {first['msg']}"[:300]
