"""The fixed world of the golden vectors: keys, moments, parties, and who signs what.

Everything is derived from one seed, so the same octets come out on every machine. The seed is
public: nothing that these keys sign may ever be trusted, and they exist for environment ``test``.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from swb.backends.softkey import Authority, SoftKeySigner
from swb_schemas.catalogue import Commitment, Purpose, find_type_of
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import PartyId
from swb_schemas.wire import (
    ClearBody,
    DecryptionKey,
    MessageHeader,
    SealHeader,
    Source,
    bound_values,
    digest_of,
    prepare_message,
    prepare_sealed,
)
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.seal_header import Adapter
from swb_schemas.wire.signature import prepare_signature
from swb_schemas.wire.trust_list import (
    PartyEntry,
    TrustListForm,
    encode_bundle,
    encode_trust_list,
    list_certificate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Extensions
    from swb_schemas.wire import EncryptedBody
    from swb_schemas.wire.trust_list import CertificateEntry, SnapshotEntry

SEED: Final = b"single-window-broker golden vectors, never to be trusted"
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = datetime(2046, 1, 1, tzinfo=UTC)
SEALED_AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
CREATED_AT: Final = datetime(2026, 3, 2, 3, 4, 6, 250_000, tzinfo=UTC)
AT: Final = datetime(2026, 3, 2, 3, 5, tzinfo=UTC)
"""The judging moment of most cases."""

TH_ISSUING: Final = PartyId("TH", "issuing")
TH_GATEWAY: Final = PartyId("TH", "gateway")
TH_CUSTOMS: Final = PartyId("TH", "customs")
VN_ISSUING: Final = PartyId("VN", "issuing")
VN_CUSTOMS: Final = PartyId("VN", "customs")
VN_GATEWAY: Final = PartyId("VN", "gateway")
ROUTER: Final = PartyId("REGION", "router")

DOCUMENT_ID: Final = "019ca3b5-0a08-7000-8000-000000000001"
CONVERSATION_ID: Final = "019ca3b5-0a08-7000-8000-000000000002"
MESSAGE_ID: Final = "019ca3b5-0efa-7000-8000-000000000003"
OTHER_ID: Final = "019ca3b5-0efa-7000-8000-000000000009"


@cache
def authority(state: str) -> Authority:
    """The authority of a state, or of the region."""
    return Authority(state, "test", begin=BEGIN, end=END, seed=SEED)


@cache
def second_authority() -> Authority:
    """A second root of Thailand, which only some bundles pin."""
    return Authority("TH", "test", begin=BEGIN, end=END, seed=SEED + b", second root")


@cache
def next_authority(number: int) -> Authority:
    """A root of Thailand that replaces an earlier one, in some bundles."""
    return Authority("TH", "test", begin=BEGIN, end=END, seed=SEED + f", root {number}".encode())


@cache
def bounded_authority(begin: datetime, end: datetime) -> Authority:
    """A root of Thailand that holds for a time only, which only some bundles pin."""
    return Authority("TH", "test", begin=begin, end=end, seed=SEED + b", bounded root")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a key and a certificate for one purpose.

    Attributes:
        party: Who.
        purpose: What for.
        key: The private key.
        der: The certificate.
    """

    party: PartyId
    purpose: Purpose
    key: ec.EllipticCurvePrivateKey
    der: bytes

    @property
    def pem(self) -> bytes:
        """The private key, PKCS#8."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes) -> bytes:
        """Sign as a member would."""
        return asyncio.run(SoftKeySigner(self.key, parse_certificate(self.der)).sign(data))


@cache
def holder(
    party: PartyId,
    purpose: Purpose,
    *,
    label: str = "",
    issuer: str = "",
    usage: Purpose | None = None,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> Holder:
    """Make a key and certificate.

    Args:
        party: Whose.
        purpose: What for.
        label: Tells several of the same party and purpose apart.
        issuer: State whose authority issues it, where it is not the party's own.
        usage: Purpose that the key usage is made for, where it is not the same.
        begin: First instant of the certificate.
        end: Last instant of the certificate.
    """
    key = authority(party.state).make_key(f"{party}/{purpose}{label}")
    issuing = authority(issuer or party.state)
    certificate = issuing.issue(party, usage or purpose, key.public_key(), begin=begin, end=end)
    return Holder(party, purpose, key, certificate.public_bytes(Encoding.DER))


HOLDERS: Final = (
    holder(TH_ISSUING, Purpose.ISSUING_SEAL),
    holder(TH_CUSTOMS, Purpose.CUSTOMS_SEAL),
    holder(TH_GATEWAY, Purpose.TRANSPORT),
    holder(TH_GATEWAY, Purpose.RECEIPT_SEAL),
    holder(TH_GATEWAY, Purpose.DECRYPTION),
    holder(VN_ISSUING, Purpose.ISSUING_SEAL),
    holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL),
    holder(VN_GATEWAY, Purpose.TRANSPORT),
    holder(VN_GATEWAY, Purpose.RECEIPT_SEAL),
    holder(VN_GATEWAY, Purpose.DECRYPTION),
    holder(ROUTER, Purpose.TRANSPORT),
    holder(ROUTER, Purpose.RECEIPT_SEAL),
    holder(ROUTER, Purpose.LOG),
)


def holder_under(root: Authority, party: PartyId, purpose: Purpose) -> Holder:
    """Make a key and a certificate that a root of one's own issues and that outlives the root."""
    key = authority(party.state).make_key(f"{party}/{purpose}, under a bounded root")
    certificate = root.issue(party, purpose, key.public_key(), begin=BEGIN, end=END)
    return Holder(party, purpose, key, certificate.public_bytes(Encoding.DER))


def entry_of(
    one: Holder,
    *,
    purpose: Purpose | None = None,
    start: datetime = BEGIN,
    end: datetime = END,
) -> tuple[PartyId, CertificateEntry]:
    """List a holder's certificate."""
    return one.party, list_certificate(purpose or one.purpose, one.der, start=start, end=end)


STANDARD_ENTRIES: Final = tuple(entry_of(one) for one in HOLDERS)


def list_form(
    state: str,
    entries: Sequence[tuple[PartyId, CertificateEntry]] = STANDARD_ENTRIES,
    *,
    number: int = 1,
    quorum: int = 1,
    expires: datetime = END,
    root_number: int = 1,
    snapshot: Sequence[SnapshotEntry] = (),
) -> TrustListForm:
    """Fill in a state's list from entries; those of other states are left out."""
    parties: dict[str, list[CertificateEntry]] = {}
    for party, entry in entries:
        if party.state == state:
            parties.setdefault(str(party), []).append(entry)
    pointers = tuple(authority(each).pointer() for each in ("TH", "VN"))
    return TrustListForm(
        state=state,
        environment="test",
        root_number=root_number,
        number=number,
        issued=BEGIN,
        expires=expires,
        quorum=quorum,
        parties=tuple(
            PartyEntry(party=party, certificates=tuple(listed)) for party, listed in parties.items()
        ),
        pointers=pointers if state == "REGION" else (),
        snapshot=tuple(snapshot),
    )


def bundle(*forms: TrustListForm) -> bytes:
    """Make a bundle of the standard lists, some of them replaced by others."""
    replaced = {form.state: form for form in forms}
    lists = {
        state: authority(state).sign_list(replaced.get(state) or list_form(state))
        for state in ("TH", "VN", "REGION")
    }
    return bundle_of(lists)


def bundle_of(lists: dict[str, bytes]) -> bytes:
    """Make a bundle of signed lists and the standard roots."""
    roots = {state: [authority(state).root_pem.decode()] for state in ("TH", "VN", "REGION")}
    return encode_bundle(environment="test", roots=roots, lists=lists)


def bundle_with_root(root: Authority, *entries: tuple[PartyId, CertificateEntry]) -> bytes:
    """Make the standard bundle with another root and other entries of Thailand besides."""
    members = json.loads(bundle(list_form("TH", (*STANDARD_ENTRIES, *entries))))
    members["roots"]["TH"].append(root.root_pem.decode())
    return json.dumps(members, indent=1).encode() + b"\n"


def bundle_of_two_roots(form: TrustListForm, *, signed_by: int, quorum: int) -> bytes:
    """Make a bundle that pins two roots of Thailand and says how many must sign its list.

    Args:
        form: Thailand's list.
        signed_by: How many of its roots sign.
        quorum: How many the bundle asks for; 1 is left unsaid.
    """
    keys = (authority("TH"), second_authority())
    payload = encode_trust_list(form)
    members = json.loads(bundle())
    members["roots"]["TH"] = [key.root_pem.decode() for key in keys]
    signed = assemble_jws(payload, {key.thumbprint: key.sign(payload) for key in keys[:signed_by]})
    return encode_bundle(
        environment="test",
        roots=members["roots"],
        quorums={"TH": quorum} if quorum > 1 else None,
        lists={state: json.dumps(jws).encode() for state, jws in members["lists"].items()}
        | {"TH": signed},
    )


def decryption_key(party: PartyId = VN_GATEWAY) -> DecryptionKey:
    """The key that opens a gateway's bodies."""
    return DecryptionKey.of(holder(party, Purpose.DECRYPTION).key)


# --- sealing and wrapping ----------------------------------------------------------------------


def seal_header(document: Document, **changes: object) -> SealHeader:
    """Fill in a seal header as the standard issuer would."""
    bound = bound_values(document)
    values: dict[str, object] = {
        "document_id": DOCUMENT_ID,
        "message_type": find_type_of(document).message_type,
        "message_type_version": bound.message_type_version,
        "agreement": bound.agreement,
        "profile": "atiga" if bound.agreement else None,
        "edition": bound.edition,
        "issuing_party": str(TH_ISSUING),
        "receiving_party": str(VN_CUSTOMS),
        "certificate_key": bound.certificate_key,
        "conversation_id": CONVERSATION_ID,
        "revision": bound.revision,
        "environment": Environment.TEST,
        "sealed_at": SEALED_AT,
        "source": Source(
            payload_digest=digest_of(b"a national payload that stays at home"),
            adapter=Adapter(version="1.0.0", value="thailand"),
        ),
    }
    return SealHeader.model_validate(values | changes)


def seal(header: SealHeader, document: Document, by: Holder = HOLDERS[0]) -> bytes:
    """Seal as a member would."""
    unsigned = prepare_sealed(header, document, certificate=by.der)
    return unsigned.attach(by.sign(unsigned.to_be_signed))


def message_header(sealed: SealHeader, **changes: object) -> MessageHeader:
    """Fill in a message header that agrees with a seal header."""
    values: dict[str, object] = {
        "message_id": MESSAGE_ID,
        "message_type": sealed.message_type,
        "message_type_version": sealed.message_type_version,
        "sender": str(TH_GATEWAY),
        "receiver": str(VN_GATEWAY),
        "created_at": CREATED_AT,
        "expires_at": CREATED_AT + timedelta(days=30),
        "environment": sealed.environment,
        "conversation_id": sealed.conversation_id,
        "document_id": sealed.document_id,
    }
    return MessageHeader.model_validate(values | changes)


def wrap(
    header: MessageHeader,
    body: ClearBody | EncryptedBody | bytes,
    by: Holder = HOLDERS[2],
    extensions: Extensions | None = None,
) -> bytes:
    """Wrap as a member would."""
    if isinstance(body, bytes):
        body = ClearBody(body)
    unsigned = prepare_message(header, body, certificate=by.der, extensions=extensions)
    return unsigned.attach(by.sign(unsigned.to_be_signed))


def sign_file(
    before: bytes,
    after: bytes,
    by: Holder,
    *,
    at: datetime,
    commitment: Commitment,
) -> bytes:
    """Sign any octets, also those that no member would sign."""
    unsigned = prepare_signature(before, after, certificate=by.der, at=at, commitment=commitment)
    return unsigned.attach(by.sign(unsigned.to_be_signed))
