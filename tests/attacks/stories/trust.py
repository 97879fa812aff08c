"""Trust lists: who says whom to trust, and that nobody is led back."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import assemble_jws, encode_base64url
from swb_schemas.wire.trust_list import encode_trust_list
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import MAXIMAL_LEAP, check_succession, remember
from tests.attacks.reading import ACCEPTED, judge_message, judge_trust
from tests.attacks.story import Book, Side
from tests.vectors.positive import clear_message
from tests.vectors.tampering import resign_message
from tests.vectors.world import (
    AT,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    Holder,
    authority,
    bundle,
    bundle_of,
    bundle_of_two_roots,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from swb_schemas.wire.trust_list import TrustListForm

__all__ = ["BOOK"]

BOOK: Final = Book("Trust lists")

_FALSE_LIST: Final = "A list that names the attacker's keys."
_READER: Final = "whoever reads the bundle"


def _with_list(octets: bytes, state: str = "TH") -> bytes:
    lists = {each: authority(each).sign_list(list_form(each)) for each in ("TH", "VN", "REGION")}
    return bundle_of(lists | {state: octets})


def _signed_by(state: str, form: TrustListForm) -> bytes:
    payload, by = encode_trust_list(form), authority(state)
    return assemble_jws(payload, {by.thumbprint: by.sign(payload)})


def _with_protected(**members: object) -> bytes:
    """Thailand's list with another protected header, and the value that was under the true one."""
    signed = json.loads(authority("TH").sign_list(list_form("TH")))
    header = {"alg": "ES256", "kid": authority("TH").thumbprint, **members}
    protected = encode_base64url(json.dumps(header, separators=(",", ":")).encode())
    signed["signatures"][0]["protected"] = protected
    return json.dumps(signed).encode()


@BOOK.tell(
    "The region signs a state's list, with keys of its own choice on it.",
    by=Side.REGION,
    gain="The region speaks for every state.",
    meets="trust.unsigned",
    noticed_by=_READER,
)
def the_region_signs_for_a_state() -> str:
    return judge_trust(_with_list(_signed_by("REGION", list_form("TH"))))


@BOOK.tell(
    "One state signs another state's list.",
    by=Side.MEMBER,
    gain="One state speaks for another.",
    meets="trust.unsigned",
    noticed_by=_READER,
)
def one_state_signs_for_another() -> str:
    return judge_trust(_with_list(_signed_by("VN", list_form("TH"))))


@BOOK.tell(
    "A state lists a party of another state, with a key of its own.",
    by=Side.MEMBER,
    gain="Messages in the other state's name, by the attacker's key.",
    meets="trust.malformed",
    noticed_by=_READER,
)
def a_list_that_speaks_of_others() -> str:
    payload = encode_trust_list(list_form("TH")).replace(b"party:TH:customs", b"party:VN:customs")
    by = authority("TH")
    return judge_trust(_with_list(assemble_jws(payload, {by.thumbprint: by.sign(payload)})))


@BOOK.tell(
    "The region's own root issues a certificate for a state's gateway, which the region's router "
    "signs with.",
    by=Side.REGION,
    gain="The region speaks for every state.",
    meets="certificate.unlisted",
)
def the_region_issues_for_a_state() -> str:
    forged = holder(TH_GATEWAY, Purpose.TRANSPORT, label="by the region", issuer="REGION")
    return judge_message(resign_message(clear_message(), by=forged))


@BOOK.tell(
    "A certificate that the region's root issued gets onto a state's list, by a slip or a bribe.",
    by=Side.REGION,
    gain="The region speaks for every state.",
    meets="certificate.not_issued",
)
def a_region_s_certificate_on_a_state_s_list() -> str:
    forged = holder(TH_GATEWAY, Purpose.TRANSPORT, label="by the region", issuer="REGION")
    entries = (*STANDARD_ENTRIES, entry_of(forged))
    trust = parse_trust_bundle(bundle(list_form("TH", entries)))
    return judge_message(resign_message(clear_message(), by=forged), trust=trust)


@BOOK.tell(
    "The region's list points to a root of the attacker's for a state. Pointers give and take no "
    "trust: people are warned, and the pinned root holds.",
    by=Side.REGION,
    gain="The region speaks for every state.",
    meets="trust.pointer_differs",
    noticed_by="the operator of the bundle, by a warning",
)
def a_false_pointer() -> str:
    form = list_form("REGION")
    false = form.pointers[0].model_copy(update={"roots": (authority("VN").thumbprint,)})
    pointed = form.model_copy(update={"pointers": (false, *form.pointers[1:])})
    trust = parse_trust_bundle(bundle(pointed))
    assert judge_message(clear_message(), trust=trust) == ACCEPTED
    (finding,) = trust.check_pointers()
    return finding.code


def _succession(before: bytes, after: bytes) -> str:
    try:
        check_succession(parse_trust_bundle(after), remember(parse_trust_bundle(before)))
    except RefusedError as refusal:
        return refusal.code
    return ACCEPTED


@BOOK.tell(
    "A reader is handed the list before the last one, where the stolen certificate still stands.",
    gain="A certificate that was taken off counts again.",
    meets="trust.rolled_back",
    noticed_by=_READER,
)
def an_older_list() -> str:
    newer = bundle(list_form("TH", STANDARD_ENTRIES[1:], number=2))
    return _succession(newer, bundle(list_form("TH", number=1)))


@BOOK.tell(
    "Two readers are given two lists of one number.",
    by=Side.MEMBER,
    gain="Two readers that trust two different keys, and cannot tell by the number.",
    meets="trust.rolled_back",
    noticed_by=_READER,
)
def two_lists_of_one_number() -> str:
    return _succession(bundle(), bundle(list_form("TH", STANDARD_ENTRIES[1:])))


@BOOK.tell(
    "A list with an enormous number, so that no true one can ever follow it (fast-forward).",
    by=Side.MEMBER,
    gain="A state that can never take a certificate off its list again.",
    meets="trust.fast_forward",
    noticed_by=_READER,
)
def a_list_that_leaps_ahead() -> str:
    return _succession(bundle(), bundle(list_form("TH", number=MAXIMAL_LEAP + 2)))


@BOOK.tell(
    "A new bundle leaves a state's list out altogether.",
    gain="A state whose messages all look like strangers'.",
    meets="trust.rolled_back",
    noticed_by=_READER,
)
def a_list_that_vanishes() -> str:
    without = json.loads(bundle())
    del without["lists"]["VN"]
    return _succession(bundle(), json.dumps(without).encode())


@BOOK.tell(
    "A reader is kept on a list that was true once, by keeping every newer one away.",
    gain="A certificate that was taken off counts for ever.",
    meets="trust.list_expired",
)
def a_reader_that_is_kept_behind() -> str:
    frozen = parse_trust_bundle(bundle(list_form("TH", expires=AT - timedelta(days=1))))
    return judge_message(clear_message(), trust=frozen)


@BOOK.tell(
    "One of two roots signs a list alone that asks for one signature, to be rid of the other.",
    by=Side.MEMBER,
    gain="One stolen root is enough.",
    meets="trust.quorum, trust.quorum",
    noticed_by=_READER,
)
def one_root_alone() -> str:
    alone = bundle_of_two_roots(list_form("TH"), signed_by=1, quorum=2)
    before = bundle_of_two_roots(list_form("TH", quorum=2), signed_by=2, quorum=1)
    after = bundle_of_two_roots(list_form("TH", number=2), signed_by=1, quorum=1)
    return f"{judge_trust(alone)}, {_succession(before, after)}"


@BOOK.tell(
    "One root signs twice, to be counted as two.",
    by=Side.MEMBER,
    gain="One stolen root is enough.",
    meets="trust.quorum",
    noticed_by=_READER,
)
def one_root_that_counts_twice() -> str:
    members = json.loads(bundle_of_two_roots(list_form("TH"), signed_by=1, quorum=2))
    members["lists"]["TH"]["signatures"] *= 2
    return judge_trust(json.dumps(members).encode())


@BOOK.tell(
    "The list's header says that there is no algorithm, or HMAC, with a true HMAC whose secret is "
    "the pinned root's public key.",
    gain=_FALSE_LIST,
    meets="trust.jws",
    noticed_by=_READER,
)
def a_list_without_a_signature() -> str:
    by = authority("TH")
    payload = encode_base64url(encode_trust_list(list_form("TH", number=9)))
    header = encode_base64url(json.dumps({"alg": "HS256", "kid": by.thumbprint}).encode())
    key = by.root_key.public_key()
    secret = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    value = encode_base64url(hmac.digest(secret, f"{header}.{payload}".encode(), "sha256"))
    forged = {"payload": payload, "signatures": [{"protected": header, "signature": value}]}
    (only,) = {
        judge_trust(_with_list(_with_protected(alg="none"))),
        judge_trust(_with_list(json.dumps(forged).encode())),
    }
    return only


@BOOK.tell(
    "The list's header brings a key of its own (jwk), or asks for a payload that is not encoded "
    "(b64, crit).",
    gain=_FALSE_LIST,
    meets="trust.jws",
    noticed_by=_READER,
)
def a_list_that_brings_its_own_key() -> str:
    (only,) = {
        judge_trust(_with_list(_with_protected(jwk={"kty": "EC"}))),
        judge_trust(_with_list(_with_protected(b64=False, crit=["b64"]))),
    }
    return only


@BOOK.tell(
    "A member of the list stands twice: one reader takes the first, another the last.",
    by=Side.MEMBER,
    gain="Two readers that trust two different keys.",
    meets="trust.malformed",
    noticed_by=_READER,
)
def a_member_that_stands_twice() -> str:
    payload = encode_trust_list(list_form("TH")).replace(b'"number":1', b'"number":1,"number":2')
    by = authority("TH")
    return judge_trust(_with_list(assemble_jws(payload, {by.thumbprint: by.sign(payload)})))


@BOOK.tell(
    "The list of the test environment is shown where production is judged, and the other way "
    "round.",
    by=Side.MEMBER,
    gain="Keys that were made for tests bind a state.",
    meets="trust.other_list",
    noticed_by=_READER,
)
def a_list_of_another_environment() -> str:
    payload = encode_trust_list(list_form("TH")).replace(
        b'"environment":"test"', b'"environment":"production"'
    )
    by = authority("TH")
    return judge_trust(_with_list(assemble_jws(payload, {by.thumbprint: by.sign(payload)})))


@BOOK.tell(
    "A bundle of a hundred thousand brackets, to exhaust whoever reads JSON by recursion.",
    gain="A gateway that falls over when it reads its bundle.",
    meets="trust.malformed",
    noticed_by=_READER,
)
def a_bundle_without_end() -> str:
    return judge_trust(b"[" * 100_000 + b"]" * 100_000)


@BOOK.tell(
    "A certificate is taken off its state's list, because its key was stolen; the thief signs on.",
    gain="A thief who signs with what he stole.",
    meets="certificate.unlisted",
)
def a_certificate_that_was_taken_off() -> str:
    stolen = holder(TH_GATEWAY, Purpose.TRANSPORT)
    others = [each for each in STANDARD_ENTRIES if each != entry_of(stolen)]
    trust = parse_trust_bundle(
        bundle(
            list_form("TH", (*others, entry_of(_new()))),
        )
    )
    return judge_message(clear_message(), trust=trust)


def _new() -> Holder:
    return holder(TH_GATEWAY, Purpose.TRANSPORT, label="its successor")
