"""What a container says that it holds, and records of erasure: JSON, strict, one model each.

Nothing of it is signed, and nothing of it is believed: it tells what to look for, and whoever
verifies finds out whether it is so.
"""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from swb_schemas.documents.elements import Instant, PartyUrn, Uuid
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import parse_json
from swb_schemas.xml.codec import format_instant

__all__ = [
    "CONTENTS_NAME",
    "Contents",
    "ErasedFile",
    "ErasureRecord",
    "Fact",
    "Item",
    "OtherFile",
    "encode_contents",
    "encode_erasure_record",
    "parse_contents",
    "parse_erasure_record",
]

CONTENTS_NAME: Final = "contents.json"
_LIMIT: Final = 50_000_000

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{1,200}$")]
DigestText = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]
# No control character, line separator or change of direction: whoever shows a value in a line of
# its own is shown one line, and what stands in it.
_SHOWN: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
Line = Annotated[str, Field(pattern=_SHOWN, max_length=2000)]
Short = Annotated[str, Field(pattern=_SHOWN, max_length=200)]
StateCode = Annotated[str, Field(pattern=r"^([A-Z]{2}|REGION)$")]
FileKind = Literal["message", "document"]


class _Form(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Item(_Form):
    """A message, a sealed document, or what was left of one.

    Attributes:
        kind: message or document.
        id: Its id.
        type: Name in the catalogue.
        document: Of a message: the document that it carries.
        digest: Its signed digest.
        octets: SHA-256 of the whole file, as it was.
        signer: The sender, or the sealing party.
        receiver: The receiver.
        recorded_at: When the exporting store committed it.
        file: Where it stands here; of an erased one, the signature that was left.
        record: Where its evidence record stands; absent while it has none.
        erased: Whether only its signature is left.
    """

    kind: FileKind
    id: Uuid
    type: Short
    document: Uuid | None = None
    digest: DigestText
    octets: DigestText
    signer: PartyUrn
    receiver: PartyUrn
    recorded_at: Instant
    file: Name
    record: Name | None = None
    erased: bool = False


class OtherFile(_Form):
    """Any other file.

    Attributes:
        file: Its name.
        sha256: Of its octets.
        what: In words.
    """

    file: Name
    sha256: DigestText
    what: Line


class Fact(_Form):
    """What the exporting store knows of the document.

    Attributes:
        at: When it happened, by whoever says so.
        name: Of the fact.
        message: The message that says so; absent for what happened at the exporter.
        code: Of a refusal.
        revision: Of a customs response.
    """

    at: Instant
    name: Short
    message: Uuid | None = None
    code: Short | None = None
    revision: int = 0


class Contents(_Form):
    """What a container says that it holds.

    Attributes:
        format: Names the major version.
        reference: What was asked for.
        document: The document that it is about.
        conversation: Everything in it belongs to it.
        certificate_key: Of the certificate that it is about.
        environment: test, parallel or production.
        exported_by: State of the exporting gateway.
        exported_at: When.
        items: Messages and documents.
        facts: In the order in which they happened.
        others: Every other file but this one.
    """

    format: Literal["urn:swb:evidence:1"] = "urn:swb:evidence:1"
    reference: Short
    document: Uuid
    conversation: Uuid
    certificate_key: Short | None = None
    environment: Short
    exported_by: StateCode
    exported_at: Instant
    items: Annotated[tuple[Item, ...], Field(max_length=10_000)]
    facts: Annotated[tuple[Fact, ...], Field(max_length=10_000)] = ()
    others: Annotated[tuple[OtherFile, ...], Field(max_length=20_000)] = ()


class ErasedFile(_Form):
    """What is left of an erased file.

    Attributes:
        kind: message or document.
        id: Its id.
        type: Name in the catalogue.
        digest: Its signed digest.
        octets: SHA-256 of the whole file, which its evidence record is about.
        signer: The sender, or the sealing party.
        signature: Its signature element, base64: SignedInfo with the digest, value, certificate.
    """

    kind: FileKind
    id: Uuid
    type: Short
    digest: DigestText
    octets: DigestText
    signer: PartyUrn
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=100_000)]


class ErasureRecord(_Form):
    """That files were erased: who, when, why, and what still proves them.

    Attributes:
        format: Names the major version.
        id: Of the record.
        conversation: Everything that was erased belongs to it.
        state: Whose gateway.
        by: The account of the person who did it.
        approval: Id of the request in the audit trail that another person agreed to, where policy
            asks for two.
        at: When.
        reason: In words, without personal data.
        payloads: SHA-256 of the national payloads that were erased.
        files: What was erased.
    """

    format: Literal["urn:swb:erasure:1"] = "urn:swb:erasure:1"
    id: Uuid
    conversation: Uuid
    state: StateCode
    by: Short
    approval: Short | None = None
    at: Instant
    reason: Line
    payloads: Annotated[tuple[DigestText, ...], Field(max_length=1000)] = ()
    files: Annotated[tuple[ErasedFile, ...], Field(max_length=10_000)]


def encode_contents(contents: Contents) -> bytes:
    """Write the list of contents."""
    return _encode(contents)


def parse_contents(raw: bytes) -> Contents:
    """Read the list of contents.

    Raises:
        RefusedError: ``container.contents``.
    """
    try:
        return Contents.model_validate(parse_json(raw, code="container.contents", limit=_LIMIT))
    except ValidationError as cause:
        raise RefusedError("container.contents", _explain(cause, "contents.json")) from cause


def encode_erasure_record(record: ErasureRecord) -> bytes:
    """Write a record of erasure."""
    return _encode(record)


def parse_erasure_record(raw: bytes) -> ErasureRecord:
    """Read a record of erasure.

    Raises:
        RefusedError: ``erasure.malformed``.
    """
    try:
        return ErasureRecord.model_validate(parse_json(raw, code="erasure.malformed", limit=_LIMIT))
    except ValidationError as cause:
        raise RefusedError("erasure.malformed", _explain(cause, "a record of erasure")) from cause


def _encode(form: _Form) -> bytes:
    members = form.model_dump(by_alias=True, exclude_none=True)
    text = json.dumps(members, indent=1, ensure_ascii=False, default=format_instant)
    return text.encode() + b"\n"


def _explain(cause: ValidationError, what: str) -> str:
    fault = cause.errors(include_url=False, include_context=False, include_input=False)[0]
    where = "/".join(str(step) for step in fault["loc"]) or "the whole"
    return f"expected {what} in its form; {where}: {fault['msg'][:200]}"
