"""Algorithms, transforms and keys: what a file says of its own signature decides nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb.backends.softkey import Authority
from swb_schemas.catalogue import Commitment, Purpose
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.signature import prepare_signature
from swb_schemas.wire.trust_reading import parse_trust_bundle
from tests.attacks.reading import canonical, judge_message, judge_sealed
from tests.attacks.story import Book, Side
from tests.vectors import documents
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import cut_signature, replace_once, resign_message
from tests.vectors.world import (
    BEGIN,
    CREATED_AT,
    END,
    HOLDERS,
    SEALED_AT,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    TH_ISSUING,
    VN_GATEWAY,
    Holder,
    authority,
    bundle,
    entry_of,
    holder,
    list_form,
    seal,
    seal_header,
    sign_file,
)

__all__ = ["BOOK"]

BOOK: Final = Book("Algorithms and keys")

_DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_SHA256: Final = b"http://www.w3.org/2001/04/xmlenc#sha256"
_ECDSA: Final = b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_EXC_C14N: Final = b"http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED: Final = b"http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_ANY_MESSAGE: Final = "Any message in the name of any gateway."
_ANY_CONTENT: Final = "Another content under a signature that holds."


def _between(octets: bytes, start: bytes, end: bytes) -> bytes:
    begin = octets.index(start) + len(start)
    return octets[begin : octets.index(end, begin)]


def _value_of(message: bytes) -> bytes:
    return _between(message, b"<ds:SignatureValue>", b"</ds:SignatureValue>")


def _with_value(message: bytes, value: bytes) -> bytes:
    return replace_once(message, _value_of(message), base64.b64encode(value))


def _method(message: bytes, uri: bytes) -> bytes:
    start = b'<ds:SignatureMethod Algorithm="'
    return replace_once(message, start + _ECDSA, start + uri)


def _leaf_of(message: bytes) -> bytes:
    return _between(message, b"<ds:X509Certificate>", b"</ds:X509Certificate>")


def _with_first_transforms(message: bytes, transforms: bytes) -> bytes:
    """Other transforms in the reference to the file."""
    old = _between(message, b'URI=""><ds:Transforms>', b"</ds:Transforms>")
    return canonical(message.replace(old, transforms, 1))


def _transform(uri: bytes, inside: bytes = b"") -> bytes:
    return b'<ds:Transform Algorithm="' + uri + b'">' + inside + b"</ds:Transform>"


# --- algorithms --------------------------------------------------------------------------------


@BOOK.tell(
    "The content's digest is replaced by its SHA-1, for which collisions can be bought.",
    gain=_ANY_CONTENT,
    meets="signature.algorithm",
)
def sha_1_as_the_digest() -> str:
    message = clear_message()
    before, _, after = cut_signature(message)
    weak = base64.b64encode(hashlib.sha1(before + after).digest())  # noqa: S324 - the attack
    content = _between(message, b'<ds:Reference Id="Content" URI="">', b"</ds:Reference>")
    weaker = content.replace(_SHA256, f"{_DS}sha1".encode())
    digest = _between(weaker, b"<ds:DigestValue>", b"</ds:DigestValue>")
    return judge_message(replace_once(message, content, weaker.replace(digest, weak)))


@BOOK.tell(
    "The signature method says ECDSA with SHA-1.",
    gain="A signature over a digest with collisions.",
    meets="signature.algorithm",
)
def sha_1_as_the_signature_s_digest() -> str:
    uri = b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"
    return judge_message(_method(clear_message(), uri))


@BOOK.tell(
    "The signature method says HMAC-SHA256, and the value is a true HMAC of the signed information "
    "whose secret is the gateway's public key. A reader that lets the file choose would verify it; "
    "ours takes one algorithm, and nothing sets another.",
    gain=_ANY_MESSAGE,
    meets="signature.algorithm",
)
def an_hmac_whose_secret_is_the_public_key() -> str:
    uri = b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    message = _method(clear_message(), uri)
    start, end = message.index(b"<ds:SignedInfo>"), message.index(b"</ds:SignedInfo>")
    info = message[start:end] + b"</ds:SignedInfo>"
    declared = f'<ds:SignedInfo xmlns:ds="{_DS}"'.encode()
    signed = info.replace(b"<ds:SignedInfo", declared, 1)
    public = HOLDERS[2].key.public_key()
    secret = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return judge_message(_with_value(message, hmac.digest(secret, signed, "sha256")))


@BOOK.tell(
    "The signature method says that there is none, and the value is filled with anything.",
    gain=_ANY_MESSAGE,
    meets="signature.algorithm",
)
def no_algorithm_at_all() -> str:
    return judge_message(_method(clear_message(), b"none"))


@BOOK.tell(
    "The signature is taken away, in the hope that a reader verifies only what is there.",
    gain=_ANY_MESSAGE,
    meets="signature.missing",
)
def no_signature_at_all() -> str:
    before, _, after = cut_signature(clear_message())
    return judge_message(before + after)


@BOOK.tell(
    "The signature method says RSA, so that r and s would be read as an RSA value.",
    gain=_ANY_MESSAGE,
    meets="signature.algorithm",
)
def an_rsa_algorithm_over_an_elliptic_curve_key() -> str:
    uri = b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    return judge_message(_method(clear_message(), uri))


@BOOK.tell(
    "Both numbers of the signature are zero, which verified everything in several "
    "implementations of ECDSA (CVE-2022-21449).",
    gain=_ANY_MESSAGE,
    meets="signature.value",
)
def a_signature_of_two_zeros() -> str:
    return judge_message(_with_value(clear_message(), bytes(64)))


@BOOK.tell(
    "The value is cut to one octet, as HMACOutputLength allowed once (CVE-2009-0217): one of 256 "
    "guesses would hold.",
    gain=_ANY_MESSAGE,
    meets="signature.shape",
)
def a_truncated_value() -> str:
    met = set()
    for length in (b"8", b"0"):
        declared = b"<ds:HMACOutputLength>" + length + b"</ds:HMACOutputLength>"
        end = b"</ds:SignatureMethod>"
        met.add(judge_message(replace_once(clear_message(), end, declared + end)))
    (only,) = met
    return only


# --- transforms and references -----------------------------------------------------------------


@BOOK.tell(
    "An XPath filter leaves nothing of the file but its header for the digest.",
    gain="A true signature below another content.",
    meets="signature.shape",
)
def a_transform_that_hides_the_content() -> str:
    expression = b"<ds:XPath>ancestor-or-self::SealHeader</ds:XPath>"
    xpath = _transform(b"http://www.w3.org/TR/1999/REC-xpath-19991116", expression)
    attack = _with_first_transforms(sealed_certificate(), _transform(_ENVELOPED) + xpath)
    return judge_sealed(attack)


@BOOK.tell(
    "An XSLT transform runs the attacker's program while the digest is computed.",
    gain="Code that runs at the reader, or a digest of whatever it writes.",
    meets="signature.shape",
)
def a_transform_that_is_a_program() -> str:
    sheet = (
        b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
        b'<xsl:template match="/"><xsl:value-of select="document(\'file:///etc/passwd\')">'
        b"</xsl:value-of></xsl:template></xsl:stylesheet>"
    )
    xslt = _transform(b"http://www.w3.org/TR/1999/REC-xslt-19991116", sheet)
    attack = _with_first_transforms(sealed_certificate(), _transform(_ENVELOPED) + xslt)
    return judge_sealed(attack)


@BOOK.tell(
    "Canonicalisation is replaced by the inclusive one, whose octets depend on what surrounds "
    "them.",
    gain="One signature over two meanings.",
    meets="signature.shape",
)
def another_canonicalisation() -> str:
    other = b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    transforms = _transform(_ENVELOPED) + _transform(other)
    return judge_sealed(_with_first_transforms(sealed_certificate(), transforms))


@BOOK.tell(
    "The enveloped-signature transform is left out, or stands twice.",
    gain="A digest that two readers compute over different octets.",
    meets="signature.shape",
)
def a_transform_too_few_or_too_many() -> str:
    message = sealed_certificate()
    few = _with_first_transforms(message, _transform(_EXC_C14N))
    many = _with_first_transforms(message, 2 * _transform(_ENVELOPED) + _transform(_EXC_C14N))
    (only,) = {judge_sealed(few), judge_sealed(many)}
    return only


@BOOK.tell(
    "The reference names a file of this machine, or a page of the network, that the reader would "
    "have to fetch.",
    gain="Requests from inside the gateway's network, or a digest of something else.",
    meets="signature.shape",
)
def a_reference_to_somewhere_else() -> str:
    message = clear_message()
    met = {
        judge_message(replace_once(message, b'Id="Content" URI=""', b'Id="Content" URI="%b"' % uri))
        for uri in (b"file:///etc/hostname", b"http://169.254.169.254/", b"#xpointer(/)")
    }
    (only,) = met
    return only


@BOOK.tell(
    "Both references are taken out of the signed information; what remains is signed by nobody "
    "and covers nothing.",
    gain="Any content below a signature.",
    meets="signature.shape",
)
def a_signature_that_covers_nothing() -> str:
    message = clear_message()
    start, end = message.index(b"<ds:Reference "), message.rindex(b"</ds:Reference>")
    return judge_message(message[:start] + message[end + len(b"</ds:Reference>") :])


# --- keys --------------------------------------------------------------------------------------


@cache
def _stranger() -> Holder:
    """Somebody with a key, and a certificate for it in the gateway's name by a root of his own."""
    own = Authority("TH", "test", begin=BEGIN, end=END, seed=b"a root that nobody pinned")
    key = own.make_key("stranger")
    certificate = own.issue(TH_GATEWAY, Purpose.TRANSPORT, key.public_key())
    return Holder(TH_GATEWAY, Purpose.TRANSPORT, key, certificate.public_bytes(Encoding.DER))


@BOOK.tell(
    "The attacker makes a root with the very name of Thailand's, issues a certificate for "
    "Thailand's gateway with it, and signs.",
    gain=_ANY_MESSAGE,
    meets="certificate.unlisted",
)
def a_self_made_authority_of_the_same_name() -> str:
    root = parse_pem_certificate(authority("TH").root_pem)
    forged = _stranger()
    attack = resign_message(clear_message(), by=forged)
    assert parse_pem_certificate(_pem(forged.der)).parsed.issuer == root.parsed.subject
    return judge_message(attack)


def _pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


@BOOK.tell(
    "The attacker signs with a key of his own and names the gateway's certificate, in KeyInfo and "
    "in the signed properties.",
    gain=_ANY_MESSAGE,
    meets="signature.value",
)
def the_victim_s_certificate_over_another_key() -> str:
    before, _, after = cut_signature(clear_message())
    unsigned = prepare_signature(
        before,
        after,
        certificate=HOLDERS[2].der,
        at=CREATED_AT,
        commitment=Commitment.SENDER,
    )
    return judge_message(unsigned.attach(_stranger().sign(unsigned.to_be_signed)))


@BOOK.tell(
    "The attacker signs with a key of his own, and the signed properties name his certificate; "
    "KeyInfo shows the gateway's.",
    gain=_ANY_MESSAGE,
    meets="signature.certificate_digest",
)
def another_certificate_in_key_info() -> str:
    attack = resign_message(clear_message(), by=_stranger())
    return judge_message(
        replace_once(attack, _leaf_of(attack), base64.b64encode(HOLDERS[2].der)),
    )


@BOOK.tell(
    "KeyInfo holds a bare public key beside the certificate, or says where a key is to be fetched.",
    gain="A reader that verifies with the key that the file brings.",
    meets="signature.shape",
)
def a_key_that_the_file_brings_itself() -> str:
    fetched = b'<ds:RetrievalMethod URI="http://example.com/key"></ds:RetrievalMethod>'
    named = b"<ds:KeyName>urn:swb:party:TH:gateway</ds:KeyName>"
    met = {
        judge_message(replace_once(clear_message(), b"<ds:KeyInfo>", b"<ds:KeyInfo>" + each))
        for each in (fetched, named)
    }
    (only,) = met
    return only


@BOOK.tell(
    "A second certificate, the attacker's, stands in X509Data before the gateway's.",
    gain="Two readers that judge by different certificates.",
    meets="signature.shape",
)
def two_certificates() -> str:
    own = b"<ds:X509Certificate>" + base64.b64encode(_stranger().der) + b"</ds:X509Certificate>"
    start = b"<ds:X509Data>"
    return judge_message(replace_once(clear_message(), start, start + own))


@BOOK.tell(
    "A broken gateway seals a certificate of origin with the only key that it has, the transport "
    "key.",
    by=Side.MEMBER,
    gain="A certificate of origin that no authority issued.",
    meets="certificate.unlisted",
)
def a_transport_key_as_a_seal() -> str:
    document = documents.certificate()
    return judge_sealed(seal(seal_header(document), document, HOLDERS[2]))


@BOOK.tell(
    "The gateway seals in its own name: the issuing party is the gateway.",
    by=Side.MEMBER,
    gain="A certificate of origin that no authority issued.",
    meets="party.wrong_role",
)
def a_gateway_that_issues() -> str:
    document = documents.certificate()
    header = seal_header(document, issuing_party=str(TH_GATEWAY))
    return judge_sealed(seal(header, document, HOLDERS[2]))


@BOOK.tell(
    "The gateway signs a message with its receipt seal, whose certificate is true and listed.",
    by=Side.MEMBER,
    gain="A key that is spent on receipts, and less guarded, sends messages.",
    meets="certificate.wrong_purpose",
)
def a_receipt_seal_on_a_message() -> str:
    return judge_message(
        resign_message(clear_message(), by=holder(TH_GATEWAY, Purpose.RECEIPT_SEAL))
    )


@BOOK.tell(
    "A message is signed with a key that may only agree on keys, listed for transport by mistake.",
    by=Side.MEMBER,
    gain="A decryption key that signs.",
    meets="certificate.key_usage",
)
def a_key_for_key_agreement_that_signs() -> str:
    agreeing = holder(TH_GATEWAY, Purpose.TRANSPORT, label="agreeing", usage=Purpose.DECRYPTION)
    trust = parse_trust_bundle(bundle(list_form("TH", (*STANDARD_ENTRIES, entry_of(agreeing)))))
    return judge_message(resign_message(clear_message(), by=agreeing), trust=trust)


@BOOK.tell(
    "A state lists its root as a transport certificate, and the root itself signs.",
    by=Side.MEMBER,
    gain="One key that is authority and party at once.",
    meets="certificate.key_usage",
)
def an_authority_as_a_leaf() -> str:
    root = authority("TH")
    der = parse_pem_certificate(root.root_pem).der
    leaf = Holder(TH_GATEWAY, Purpose.TRANSPORT, root.root_key, der)
    trust = parse_trust_bundle(bundle(list_form("TH", (*STANDARD_ENTRIES, entry_of(leaf)))))
    return judge_message(resign_message(clear_message(), by=leaf), trust=trust)


@BOOK.tell(
    "A member's leaf certificate issues another certificate, as if it were an authority; the list "
    "even names the result.",
    by=Side.MEMBER,
    gain="Certificates that the state's root never saw.",
    meets="certificate.not_issued",
)
def a_leaf_that_issues() -> str:
    issuer = Authority("TH", "test", begin=BEGIN, end=END, seed=b"a leaf, played by another root")
    key = issuer.make_key("issued by a leaf")
    der = issuer.issue(TH_GATEWAY, Purpose.TRANSPORT, key.public_key()).public_bytes(Encoding.DER)
    issued = Holder(TH_GATEWAY, Purpose.TRANSPORT, key, der)
    trust = parse_trust_bundle(bundle(list_form("TH", (*STANDARD_ENTRIES, entry_of(issued)))))
    return judge_message(resign_message(clear_message(), by=issued), trust=trust)


@BOOK.tell(
    "The gateway of one state signs in the name of another's: sender and all are the other's, the "
    "key and the certificate its own.",
    by=Side.MEMBER,
    gain="A message in the name of another state.",
    meets="certificate.unlisted",
)
def one_state_in_another_s_name() -> str:
    return judge_message(resign_message(clear_message(), by=holder(VN_GATEWAY, Purpose.TRANSPORT)))


@BOOK.tell(
    "The gateway signs a certificate of origin's message and commits to having approved it.",
    by=Side.MEMBER,
    gain="An approval by somebody who may only send.",
    meets="signature.commitment",
)
def a_sender_that_approves() -> str:
    return judge_message(
        resign_message(clear_message(), commitment=Commitment.APPROVAL, at=CREATED_AT)
    )


@BOOK.tell(
    "An issuing authority seals a certificate with a commitment that says no more than that it was "
    "received, to deny it later.",
    by=Side.MEMBER,
    gain="A certificate that its authority never approved.",
    meets="signature.commitment",
)
def an_approval_that_is_none() -> str:
    document = documents.certificate()
    before, _, after = cut_signature(seal(seal_header(document), document))
    by = holder(TH_ISSUING, Purpose.ISSUING_SEAL)
    return judge_sealed(sign_file(before, after, by, at=SEALED_AT, commitment=Commitment.RECEIPT))
