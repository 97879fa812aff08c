"""Drafts are read as they were made; a root statement keeps what its former roots issued."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.trust_checks import (
    KnownRoots,
    check_addition,
    check_signer,
    count_signers,
    has_signed,
)
from swb.core.trust_drafts import (
    Draft,
    add_authority,
    add_certificate,
    draft_roots,
    read_draft,
    succeed,
    update_certificate,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.connection_agreement import AgreementForm
from swb_schemas.errors import RefusedError
from swb_schemas.pair_report import PairReportForm
from swb_schemas.parties import PartyId
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws, signing_input
from swb_schemas.wire.publication import encode_publication
from swb_schemas.wire.trust import ListedCertificate
from tests.unit.wire.issuing import issue
from tests.vectors.roots import FIRST, SECOND, bundle_of_chain, der_of, state_roots
from tests.vectors.world import AT, BEGIN, END, TH_GATEWAY, authority, holder_under, list_form

if TYPE_CHECKING:
    from swb.core.trust_drafts import DraftForm

LIST: Final = list_form("TH")
STATEMENT: Final = state_roots().form
ROOTS: Final = {each.thumbprint: parse_certificate(der_of(each)) for each in (*FIRST, *SECOND)}


AGREEMENT: Final = AgreementForm(
    states=("TH", "VN"), environment="test", number=1, issued=AT, connections=()
)
REPORT: Final = PairReportForm.model_validate(
    {
        "states": ("TH", "VN"),
        "ended": AT,
        "suite": "1.0",
        "trust": LIST.parties[0].party,
        "tried": (),
        "cases": ({"name": "pair/road", "standing": "passed"},),
    }
)
FORMS: Final[dict[str, DraftForm]] = {
    "a list": LIST,
    "a root statement": STATEMENT,
    "an agreement": AGREEMENT,
    "a pair report": REPORT,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_draft_is_read_as_it_was_made(form: DraftForm) -> None:
    draft = Draft.of(form).with_signature("kid", b"\1" * 64)
    assert read_draft(draft.octets) == draft
    assert read_draft(draft.octets).digest == draft.digest


@pytest.mark.parametrize("payload", [b"{}", b"[]", b'{"format": "urn:other"}'])
def test_what_is_no_form_of_ours_is_no_draft(payload: bytes) -> None:
    with pytest.raises(RefusedError, match="expected a list") as refusal:
        read_draft(assemble_jws(payload, {}))
    assert refusal.value.code == "trust.malformed"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'["format"]', "trust.jws"),
        (b'{"payload": ""}', "trust.jws"),
        (b'{"format": "urn:other"}', "trust.malformed"),
    ],
)
def test_what_nobody_could_sign_is_no_draft(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        read_draft(raw)
    assert refusal.value.code == code


def test_of_a_publication_the_list_is_read() -> None:
    signed = Draft.of(LIST).with_signature("kid", b"\1" * 64)
    assert read_draft(encode_publication(signed.octets)) == signed


def test_the_next_list_lasts_as_long_and_counts_on() -> None:
    after = succeed(LIST, at=AT)
    assert (after.number, after.root_number) == (LIST.number + 1, LIST.root_number)
    assert after.issued == AT
    assert after.expires - AT == LIST.expires - LIST.issued
    assert succeed(LIST, at=AT, expires=END).expires == END


@pytest.mark.parametrize(("root_number", "expected"), [(1, (1, 6)), (2, (2, 1)), (0, (1, 6))])
def test_a_list_under_later_roots_counts_anew(root_number: int, expected: tuple[int, int]) -> None:
    before = list_form("TH", number=5)
    after = succeed(before, at=AT, root_number=root_number)
    assert (after.root_number, after.number) == expected


OFFERED: Final = holder_under(authority("TH"), TH_GATEWAY, Purpose.TRANSPORT)


def test_a_certificate_is_listed_beside_the_others_of_its_party_and_once() -> None:
    other = holder_under(authority("TH"), PartyId("TH", "food-safety"), Purpose.FOOD_SAFETY_SEAL)
    form = LIST
    for one in (OFFERED, other):
        certificate = parse_certificate(one.der)
        form = add_certificate(form, str(one.party), one.purpose, certificate, start=BEGIN, end=END)
        with pytest.raises(RefusedError, match=f"for {one.party} and {one.purpose}") as refusal:
            add_certificate(form, str(one.party), one.purpose, certificate, start=BEGIN, end=END)
        assert refusal.value.code == "trust.listed"
    before = {each.party: each.certificates for each in LIST.parties}
    after = {each.party: each.certificates for each in form.parties}
    assert [each.party for each in form.parties] == [*before, str(other.party)]
    for one in (OFFERED, other):
        *stay, added = after.pop(str(one.party))
        assert tuple(stay) == before.pop(str(one.party), ())
        assert added.certificate == base64.b64encode(one.der).decode()
    assert after == before


def test_a_certificate_may_be_listed_for_another_purpose_and_another_party() -> None:
    certificate = parse_certificate(OFFERED.der)
    form = LIST
    for party, purpose in (
        (TH_GATEWAY, Purpose.TRANSPORT),
        (TH_GATEWAY, Purpose.RECEIPT_SEAL),
        (PartyId("TH", "food-safety"), Purpose.TRANSPORT),
    ):
        form = add_certificate(form, str(party), purpose, certificate, start=BEGIN, end=END)
    listed = [
        each.purpose
        for party in form.parties
        for each in party.certificates
        if each.certificate == base64.b64encode(OFFERED.der).decode()
    ]
    assert sorted(listed) == sorted([Purpose.TRANSPORT, Purpose.RECEIPT_SEAL, Purpose.TRANSPORT])


def test_a_fault_of_a_draft_is_told_with_its_place() -> None:
    with pytest.raises(RefusedError) as refusal:
        succeed(LIST, at=END, expires=BEGIN)
    assert refusal.value.code == "trust.malformed"
    assert refusal.value.message == (
        "expected a trust list that can be signed: expected a list that expires after it is issued"
    )
    with pytest.raises(RefusedError, match="expected a root statement that can be signed; state"):
        draft_roots(
            state="Thailand",
            environment="test",
            roots=[ROOTS[FIRST[0].thumbprint]],
            quorum=1,
            at=BEGIN,
            expires=END,
        )


def test_an_authority_is_named_once_with_its_latest_sources() -> None:
    one, other = (issue(name, authority=True).certificate for name in ("one", "other"))
    form = add_authority(LIST, one, crl=["http://a.example/crl"], ocsp=[])
    form = add_authority(form, other, crl=[], ocsp=["http://b.example/ocsp"])
    form = add_authority(form, one, crl=[], ocsp=["http://a.example/ocsp"])
    assert [(each.crl, each.ocsp) for each in form.authorities] == [
        ((), ("http://b.example/ocsp",)),
        ((), ("http://a.example/ocsp",)),
    ]


def _next_roots(*, until_days: int | None) -> dict[str, object]:
    form = draft_roots(
        state="TH",
        environment="test",
        roots=[ROOTS[FIRST[0].thumbprint], ROOTS[SECOND[0].thumbprint]],
        quorum=1,
        at=BEGIN,
        expires=END,
        before=STATEMENT,
        former_until=None if until_days is None else BEGIN + timedelta(days=until_days),
    )
    return {"number": form.number, "former": {each.root: each.until for each in form.former}}


def test_roots_that_leave_are_former_ones_and_one_that_returns_is_none() -> None:
    until = BEGIN + timedelta(days=9)
    assert _next_roots(until_days=9) == {
        "number": STATEMENT.number + 1,
        "former": {each.thumbprint: until for each in SECOND[1:]},
    }
    assert _next_roots(until_days=None)["former"] == {}


def test_the_first_statement_has_number_one_and_no_former_roots() -> None:
    form = draft_roots(
        state="TH",
        environment="test",
        roots=[ROOTS[FIRST[0].thumbprint]],
        quorum=1,
        at=BEGIN,
        expires=END,
    )
    assert (form.number, form.former) == (1, ())


def test_a_signature_counts_where_it_holds() -> None:
    signer = authority("TH")
    root = parse_certificate(der_of(signer))
    draft = Draft.of(LIST)
    assert signing_input(draft.payload, kid=root.thumbprint)
    signed = draft.with_signature(root.thumbprint, signer.sign(draft.payload))
    stolen = Draft.of(STATEMENT).with_signature(root.thumbprint, signer.sign(draft.payload))
    other = parse_certificate(der_of(SECOND[1]))
    assert [has_signed(each, root) for each in (draft, stolen, signed)] == [False, False, True]
    assert count_signers(signed, [root, other]) == 1


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (("TH", "test", STATEMENT.number), ""),
        (("TH", "test", None), ""),
        (("VN", "test", STATEMENT.number), "trust.other_list"),
        (("TH", "production", STATEMENT.number), "trust.other_list"),
        (("TH", "test", STATEMENT.number + 1), "trust.other_roots"),
        (("TH", "test", STATEMENT.number - 1), "trust.other_roots"),
    ],
)
def test_a_draft_is_held_against_the_roots_of_its_own_statement(
    draft: tuple[str, str, int | None], code: str
) -> None:
    known = KnownRoots.of_statement(STATEMENT)
    assert not known.is_complete  # it names former roots by digest alone
    if not code:
        known.require(*draft)
        return
    with pytest.raises(RefusedError) as refusal:
        known.require(*draft)
    assert refusal.value.code == code


def test_only_a_root_that_counts_signs() -> None:
    counted = [parse_certificate(der_of(each)) for each in SECOND]
    check_signer(counted[-1], counted=counted, whose="roots of TH")
    with pytest.raises(RefusedError, match="roots of TH") as refusal:
        check_signer(counted[-1], counted=counted[:-1], whose="roots of TH")
    assert refusal.value.code == "trust.foreign_root"


def test_the_roots_that_a_bundle_believes_are_known_with_the_former_ones() -> None:
    believed = parse_trust_bundle(bundle_of_chain(state_roots())).root_sets["TH"]
    known = KnownRoots.of_set(believed, state="TH", environment="test")
    assert (known.number, known.quorum, known.is_complete) == (2, 2, True)
    assert [each.thumbprint for each in known.roots] == [each.thumbprint for each in SECOND]
    assert [each.thumbprint for each in known.former] == [FIRST[0].thumbprint]


def test_what_is_changed_on_a_list_stands_there() -> None:
    (name, *_) = (
        digest_text_of(base64.b64decode(each.certificate)) for each in LIST.parties[0].certificates
    )
    ended = update_certificate(LIST, name, {"until": AT})
    assert ended.parties[0].certificates[0].until == AT
    assert ended.parties[1:] == LIST.parties[1:]
    with pytest.raises(RefusedError, match=STATEMENT.roots[0][:3]) as refusal:
        update_certificate(LIST, STATEMENT.roots[0], {"until": AT})
    assert refusal.value.code == "trust.not_listed"


def listed(octets: bytes) -> ListedCertificate:
    """Offer a certificate for the transport key of Thailand's gateway."""
    return ListedCertificate(
        party=str(TH_GATEWAY),
        purpose=Purpose.TRANSPORT,
        certificate=parse_certificate(octets),
        path=(),
        listed_from=BEGIN,
        listed_until=END,
    )


SELF_SIGNED: Final = listed(issue("itself").certificate.der)
STRANGERS: Final = listed(holder_under(authority("VN"), TH_GATEWAY, Purpose.TRANSPORT).der)
COMPLETE: Final = KnownRoots(
    state="TH",
    environment="test",
    number=LIST.root_number,
    roots=(parse_certificate(der_of(authority("TH"))),),
    quorum=1,
)


@pytest.mark.parametrize(
    ("entry", "known", "code"),
    [
        pytest.param(SELF_SIGNED, None, "certificate.not_issued", id="self-signed"),
        pytest.param(STRANGERS, COMPLETE, "certificate.not_issued", id="a stranger's"),
        pytest.param(
            STRANGERS, replace(COMPLETE, state="VN"), "trust.other_list", id="under other roots"
        ),
    ],
)
def test_a_certificate_that_no_root_issued_is_not_listed(
    entry: ListedCertificate, known: KnownRoots | None, code: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        check_addition(LIST, entry, known=known, at=AT)
    assert refusal.value.code == code


def test_whether_a_root_issued_a_certificate_is_told_where_all_roots_are_known() -> None:
    ours = listed(holder_under(authority("TH"), TH_GATEWAY, Purpose.TRANSPORT).der)
    assert check_addition(LIST, ours, known=COMPLETE, at=AT)
    assert not check_addition(LIST, ours, known=None, at=AT)
    assert not check_addition(LIST, STRANGERS, known=replace(COMPLETE, is_complete=False), at=AT)
    assert check_addition(LIST, ours, known=COMPLETE, at=ours.listed_until)
    with pytest.raises(RefusedError) as refusal:
        check_addition(LIST, ours, known=COMPLETE, at=ours.listed_until + timedelta(seconds=1))
    assert refusal.value.code == "certificate.expired"
