"""Revocation answers: good, revoked, and everything of which nothing follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_schemas.wire.crl import MAXIMAL_CRL_OCTETS, RevocationList, read_crl
from swb_schemas.wire.ocsp_response import MAXIMAL_OCSP_OCTETS, read_ocsp_response
from swb_schemas.wire.revocation import (
    Good,
    RevocationPolicy,
    Revoked,
    Sources,
    Statement,
    Unclear,
    Verdict,
    combine_verdicts,
    find_named_sources,
    judge_statement,
)
from tests.unit.wire.answering import DAY, HOUR, make_crl, make_ocsp, make_responder
from tests.unit.wire.issuing import AT, BEGIN, issue, usage_of

if TYPE_CHECKING:
    from datetime import datetime

    from tests.unit.wire.issuing import Issued

GOOD, REVOKED, UNKNOWN = (
    ocsp.OCSPCertStatus.GOOD,
    ocsp.OCSPCertStatus.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN,
)
POLICY: Final = RevocationPolicy()
SKEW: Final = POLICY.clock_skew
ROOT = issue("root", authority=True)
ISSUER = issue("issuing", ROOT, authority=True)
LEAF = issue("leaf", ISSUER)
OTHER = issue("other", ISSUER)
STRANGER = issue("stranger", authority=True)
NAMESAKE = issue("issuing", authority=True)
RESPONDER = make_responder(ISSUER)
STRANGE: Final = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"
)


def judge_ocsp(
    raw: bytes, *, about: Issued = LEAF, issuer: Issued = ISSUER, at: datetime = AT
) -> Verdict:
    read = read_ocsp_response(raw, certificate=about.certificate, issuer=issuer.certificate)
    return _judge(read, at)


def judge_crl(
    raw: bytes, *, about: Issued = LEAF, issuer: Issued = ISSUER, at: datetime = AT
) -> Verdict:
    found = read_crl(raw, issuer=issuer.certificate)
    if isinstance(found, RevocationList):
        return _judge(found.state_of(about.certificate), at)
    return found


def _judge(read: Statement | Unclear, at: datetime) -> Verdict:
    if isinstance(read, Unclear):
        return read
    return judge_statement(read, at=at, policy=POLICY)


def _ocsp(**changes: Any) -> bytes:  # noqa: ANN401 - what `make_ocsp` takes
    return make_ocsp(**{"about": LEAF, "issuer": ISSUER, **changes})


def _crl(*revoked: Issued, **changes: Any) -> bytes:  # noqa: ANN401 - what `make_crl` takes
    return make_crl(changes.pop("issuer", ISSUER), revoked, **changes)


def _revoking(**changes: Any) -> bytes:  # noqa: ANN401 - what `make_ocsp` takes
    return _ocsp(status=REVOKED, **changes)


def _scope(**changes: Any) -> dict[x509.ExtensionType, bool]:  # noqa: ANN401 - what the type takes
    values = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return {x509.IssuingDistributionPoint(**{**values, **changes}): True}


def _reason(flag: x509.ReasonFlags) -> dict[x509.ExtensionType, bool]:
    return {x509.CRLReason(flag): False}


# --- good --------------------------------------------------------------------------------------

GOOD_OCSP: Final = {
    "its issuer signed it": _ocsp(),
    "a responder of its issuer signed it": _ocsp(signer=RESPONDER),
    "its id is made with SHA-1": _ocsp(digest=hashes.SHA1()),  # noqa: S303 - it only names
    "a nonce that nobody asked for": _ocsp(extensions={x509.OCSPNonce(b"12345678"): False}),
    "no nextUpdate": _ocsp(next_update=None),
    "clocks differ": _ocsp(this_update=AT + SKEW),
    "an extension that is not critical": _ocsp(extensions={STRANGE: False}),
}
GOOD_CRL: Final = {
    "an empty list": _crl(),
    "a list that names another": _crl(OTHER),
    "a list for certificates of parties": _crl(extensions=_scope(only_contains_user_certs=True)),
    "an extension that is not critical": _crl(extensions={STRANGE: False}),
    "a hint at deltas": _crl(
        extensions={
            x509.FreshestCRL(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier("http://a.example/d")], None, None, None
                    )
                ]
            ): False
        }
    ),
}


@pytest.mark.parametrize("name", GOOD_OCSP)
def test_a_response_says_good(name: str) -> None:
    assert isinstance(judge_ocsp(GOOD_OCSP[name]), Good)


@pytest.mark.parametrize("name", GOOD_CRL)
def test_a_list_says_good(name: str) -> None:
    assert isinstance(judge_crl(GOOD_CRL[name]), Good)


def test_a_good_answer_is_fresh_until_its_end_and_the_difference_of_clocks() -> None:
    found = judge_ocsp(_ocsp(next_update=AT + HOUR))
    assert found == Good(this_update=AT - HOUR, fresh_until=AT + HOUR + SKEW)


def test_a_good_answer_is_no_older_than_policy_says() -> None:
    found = judge_ocsp(_ocsp(next_update=AT + 300 * DAY))
    assert found == Good(this_update=AT - HOUR, fresh_until=AT - HOUR + POLICY.max_age + SKEW)


def test_what_a_root_says_of_its_authorities_may_be_older() -> None:
    raw = make_crl(ROOT, this_update=AT - 100 * DAY, next_update=AT + 100 * DAY)
    found = read_crl(raw, issuer=ROOT.certificate)
    assert isinstance(found, RevocationList)
    read = found.state_of(ISSUER.certificate)
    assert isinstance(read, Statement)
    assert isinstance(judge_statement(read, at=AT, policy=POLICY), Unclear)
    assert isinstance(judge_statement(read, at=AT, policy=POLICY, of_authority=True), Good)


def test_grace_lengthens_an_answer() -> None:
    read = read_ocsp_response(
        _ocsp(next_update=AT - HOUR / 2), certificate=LEAF.certificate, issuer=ISSUER.certificate
    )
    assert isinstance(read, Statement)
    assert isinstance(judge_statement(read, at=AT, policy=POLICY), Unclear)
    patient = RevocationPolicy(grace=HOUR)
    assert isinstance(judge_statement(read, at=AT, policy=patient), Good)


# --- revoked -----------------------------------------------------------------------------------

REVOKING_OCSP: Final = {
    "its issuer says so": _revoking(),
    "a responder says so": _revoking(signer=RESPONDER),
    "the answer ended": _revoking(this_update=AT - 90 * DAY, next_update=AT - 89 * DAY),
    "the responder's certificate ended": _revoking(
        signer=make_responder(ISSUER, end=AT - HOUR / 2), this_update=AT - HOUR
    ),
}
REVOKING_CRL: Final = {
    "the list names it": _crl(LEAF),
    "the list names it among others": _crl(OTHER, LEAF),
    "the list ended": _crl(LEAF, this_update=AT - 90 * DAY, next_update=AT - 89 * DAY),
    "with a reason": _crl(LEAF, entry=_reason(x509.ReasonFlags.key_compromise)),
}


@pytest.mark.parametrize("name", REVOKING_CRL)
def test_a_list_revokes(name: str) -> None:
    found = judge_crl(REVOKING_CRL[name])
    assert isinstance(found, Revoked)
    assert found.since == AT - DAY


@pytest.mark.parametrize("name", REVOKING_OCSP)
def test_a_response_revokes(name: str) -> None:
    raw = REVOKING_OCSP[name]
    found = judge_ocsp(raw)
    assert isinstance(found, Revoked)
    assert found.since == AT - DAY


def test_the_invalidity_date_counts_where_it_is_earlier() -> None:
    entry: dict[x509.ExtensionType, bool] = {
        x509.CRLReason(x509.ReasonFlags.key_compromise): False,
        x509.InvalidityDate((AT - 3 * DAY).replace(tzinfo=None)): False,
    }
    assert judge_crl(_crl(LEAF, entry=entry)) == Revoked(since=AT - 3 * DAY, reason="keyCompromise")


# --- nothing follows ---------------------------------------------------------------------------

_OTHER_POINT: Final = _scope(full_name=[x509.UniformResourceIdentifier("http://crl.example/2")])

NOTHING_OCSP: Final = {
    "no octets": b"",
    "garbage": b"\x30\x82\x01\x00garbage",
    "a page of HTML": b"<html>sign in to this network</html>",
    "cut short": _revoking()[:-20],
    "octets after it": _revoking() + b"\x00",
    "too many octets": _revoking() + bytes(MAXIMAL_OCSP_OCTETS),
    "a revocation list": _crl(LEAF),
    "try later": ocsp.OCSPResponseBuilder.build_unsuccessful(
        ocsp.OCSPResponseStatus.TRY_LATER
    ).public_bytes(Encoding.DER),
    "the responder does not know it": _ocsp(status=UNKNOWN),
    "about another certificate, good": _ocsp(about=OTHER),
    "about another certificate, revoked": _revoking(about=OTHER),
    "about a namesake's certificate": make_ocsp(LEAF, NAMESAKE, signer=RESPONDER, status=REVOKED),
    "its id is made with another digest": _revoking(digest=hashes.SHA384()),
    "a stranger signed it, good": _ocsp(signer=STRANGER),
    "a stranger signed it, revoked": _revoking(signer=STRANGER),
    "a namesake of the issuer signed it": _revoking(signer=NAMESAKE),
    "a responder of another issuer signed it": _revoking(signer=make_responder(STRANGER)),
    "the root's responder signed it": _revoking(signer=make_responder(ROOT)),
    "another certificate of its issuer signed it": _revoking(signer=OTHER),
    "the certificate itself signed it": _ocsp(signer=LEAF),
    "the responder is not for OCSP": _revoking(signer=make_responder(ISSUER, signs=False)),
    "the responder would have to be asked about": _revoking(
        signer=make_responder(ISSUER, checked=True)
    ),
    "the responder's key does not sign": _revoking(
        signer=make_responder(ISSUER, usage=usage_of("key_agreement"))
    ),
    "the responder is an authority": _revoking(signer=make_responder(ISSUER, authority=True)),
    "the responder is an authority whose key signs": _revoking(
        signer=make_responder(
            ISSUER, authority=True, usage=usage_of("digital_signature", "key_cert_sign")
        )
    ),
    "the responder is an authority by its constraints alone": _revoking(
        signer=make_responder(ISSUER, authority=True, usage=usage_of("digital_signature"))
    ),
    "the root signed it": _revoking(signer=ROOT),
    "the responder's certificate had ended": _revoking(
        signer=make_responder(ISSUER, end=BEGIN + DAY)
    ),
    "the responder's critical extension is unknown": _revoking(
        signer=make_responder(
            ISSUER,
            extensions={
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]): False,
                x509.OCSPNoCheck(): False,
                STRANGE: True,
            },
        )
    ),
    "signed with another digest than allowed": _revoking(signature=hashes.SHA384()),
    "a critical extension that is not known": _revoking(extensions={STRANGE: True}),
    "it ended": _ocsp(this_update=AT - 2 * DAY, next_update=AT - DAY),
    "it is too old": _ocsp(this_update=AT - 8 * DAY, next_update=AT + DAY),
    "it is too old and has no end": _ocsp(this_update=AT - 8 * DAY, next_update=None),
    "it begins in the future, good": _ocsp(this_update=AT + HOUR),
    "it begins in the future, revoked": _revoking(this_update=AT + HOUR),
    "on hold": _revoking(reason=x509.ReasonFlags.certificate_hold),
    "taken back": _revoking(reason=x509.ReasonFlags.remove_from_crl),
}
NOTHING_CRL: Final = {
    "no octets": b"",
    "garbage": b"\x30\x82\x01\x00garbage",
    "cut short": _crl(LEAF)[:-20],
    "octets after it": _crl(LEAF) + b"\x00",
    "too many octets": _crl(LEAF) + bytes(MAXIMAL_CRL_OCTETS),
    "an OCSP response": _revoking(),
    "a stranger signed it, empty": _crl(signer=STRANGER),
    "a stranger signed it": _crl(LEAF, signer=STRANGER),
    "a stranger's list": make_crl(STRANGER, [LEAF]),
    "a namesake's list": make_crl(NAMESAKE, [LEAF]),
    "the root's list": make_crl(ROOT, [LEAF]),
    "signed with another digest than allowed": _crl(LEAF, signature=hashes.SHA384()),
    "a critical extension that is not known": _crl(LEAF, extensions={STRANGE: True}),
    "an entry's critical extension is not known": _crl(LEAF, entry={STRANGE: True}),
    "another entry's critical extension is not known": _crl(OTHER, entry={STRANGE: True}),
    "an entry of another issuer": _crl(
        LEAF,
        entry={x509.CertificateIssuer([x509.DirectoryName(STRANGER.x509.subject)]): True},
    ),
    "it names the certificate twice": _crl(LEAF, LEAF),
    "it names another certificate twice": _crl(OTHER, LEAF, OTHER),
    "a delta": _crl(LEAF, extensions={x509.DeltaCRLIndicator(1): True}),
    "indirect": _crl(LEAF, extensions=_scope(indirect_crl=True)),
    "for some reasons alone": _crl(
        extensions=_scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise]))
    ),
    "for authorities alone": _crl(extensions=_scope(only_contains_ca_certs=True)),
    "for attribute certificates alone": _crl(extensions=_scope(only_contains_attribute_certs=True)),
    "of a partition that it does not name": _crl(extensions=_OTHER_POINT),
    "it ended": _crl(this_update=AT - 2 * DAY, next_update=AT - DAY),
    "it is too old": _crl(this_update=AT - 8 * DAY),
    "it begins in the future, empty": _crl(this_update=AT + HOUR),
    "it begins in the future": _crl(LEAF, this_update=AT + HOUR),
    "on hold": _crl(LEAF, entry=_reason(x509.ReasonFlags.certificate_hold)),
    "taken back": _crl(LEAF, entry=_reason(x509.ReasonFlags.remove_from_crl)),
}


@pytest.mark.parametrize("name", NOTHING_OCSP)
def test_nothing_follows_of_a_response(name: str) -> None:
    assert isinstance(judge_ocsp(NOTHING_OCSP[name]), Unclear)


@pytest.mark.parametrize("name", NOTHING_CRL)
def test_nothing_follows_of_a_list(name: str) -> None:
    assert isinstance(judge_crl(NOTHING_CRL[name]), Unclear)


def test_nothing_follows_of_a_list_whose_issuer_may_not_sign_lists() -> None:
    issuer = issue("issuing", ROOT, authority=True, usage=usage_of("key_cert_sign"))
    leaf = issue("leaf", issuer)
    raw = make_crl(issuer, [leaf])
    assert isinstance(judge_crl(raw, about=leaf, issuer=issuer), Unclear)


def test_a_list_about_certificates_of_another_issuer_says_nothing_of_them() -> None:
    assert isinstance(judge_crl(_crl(), about=issue("leaf", STRANGER)), Unclear)


def test_a_good_response_ends_with_its_responder() -> None:
    raw = _ocsp(signer=make_responder(ISSUER, end=AT + HOUR))
    assert isinstance(judge_ocsp(raw, at=AT + HOUR + SKEW), Good)
    assert isinstance(judge_ocsp(raw, at=AT + HOUR + SKEW + timedelta(seconds=1)), Unclear)


def test_a_partition_counts_for_certificates_that_name_it() -> None:
    name = [x509.UniformResourceIdentifier("http://crl.example/2")]
    points = x509.CRLDistributionPoints([x509.DistributionPoint(name, None, None, None)])
    leaf = issue("leaf", ISSUER, extensions={points: False})
    assert isinstance(
        judge_crl(make_crl(ISSUER, [leaf], extensions=_OTHER_POINT), about=leaf), Revoked
    )
    assert isinstance(judge_crl(_crl(extensions=_OTHER_POINT), about=leaf), Good)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@settings(max_examples=150)
@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
@pytest.mark.parametrize(
    ("judge", "raw"),
    [
        pytest.param(judge_ocsp, _revoking(signer=RESPONDER), id="revoking response"),
        pytest.param(judge_crl, _crl(LEAF), id="revoking list"),
    ],
)
def test_no_change_of_a_revoking_answer_says_good(
    judge: Any,  # noqa: ANN401 - either
    raw: bytes,
    place: int,
    change: int,
) -> None:
    place %= len(raw)
    changed = raw[:place] + bytes([raw[place] ^ change]) + raw[place + 1 :]
    assert judge(changed) == judge(raw) or isinstance(judge(changed), Unclear)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@settings(max_examples=150)
@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
@pytest.mark.parametrize(
    ("judge", "raw"),
    [
        pytest.param(judge_ocsp, _ocsp(signer=RESPONDER), id="good response"),
        pytest.param(judge_crl, _crl(OTHER), id="good list"),
    ],
)
def test_no_change_of_a_good_answer_revokes(
    judge: Any,  # noqa: ANN401 - either
    raw: bytes,
    place: int,
    change: int,
) -> None:
    place %= len(raw)
    changed = raw[:place] + bytes([raw[place] ^ change]) + raw[place + 1 :]
    assert judge(changed) == judge(raw) or isinstance(judge(changed), Unclear)


# --- several answers ---------------------------------------------------------------------------


def test_revoked_stands_whatever_else_is_said() -> None:
    good = Good(this_update=AT, fresh_until=AT + DAY)
    early = Revoked(since=AT - DAY, reason="superseded")
    late = Revoked(since=AT, reason="keyCompromise")
    assert combine_verdicts([good, late, early, Unclear(reason="outage")]) == early


def test_good_stands_beside_an_outage() -> None:
    good = Good(this_update=AT, fresh_until=AT + DAY)
    longer = Good(this_update=AT, fresh_until=AT + 2 * DAY)
    assert combine_verdicts([Unclear(reason="outage"), good, longer]) == longer


def test_an_older_good_answer_yields_to_a_hold() -> None:
    good = Good(this_update=AT, fresh_until=AT + DAY)
    held = Unclear(reason="on hold", held_at=AT + HOUR)
    lifted = Unclear(reason="on hold", held_at=AT - HOUR)
    of_one_moment = Unclear(reason="on hold", held_at=AT)
    assert combine_verdicts([good, held]) == held
    assert combine_verdicts([good, of_one_moment]) == of_one_moment
    assert combine_verdicts([of_one_moment, good]) == of_one_moment
    assert combine_verdicts([good, lifted]) == good
    assert combine_verdicts([Unclear(reason="outage"), lifted]) == lifted


def test_without_answers_nothing_follows() -> None:
    assert combine_verdicts([]) == Unclear(reason="there is no answer")


def test_a_certificate_names_its_sources() -> None:
    def name(url: str) -> list[x509.GeneralName]:
        return [x509.UniformResourceIdentifier(url)]

    points = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(name("http://crl.example/1"), None, None, None),
            x509.DistributionPoint(name("ldap://crl.example/1"), None, None, None),
            x509.DistributionPoint(name("http://user:secret@crl.example/1"), None, None, None),
            x509.DistributionPoint(
                name("http://crl.example/keys"),
                None,
                frozenset([x509.ReasonFlags.key_compromise]),
                None,
            ),
        ]
    )
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, name("http://ocsp.example/")[0]
            ),
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, name("http://ca.example/")[0]
            ),
        ]
    )
    leaf = issue("leaf", ISSUER, extensions={points: False, access: False})
    assert find_named_sources(leaf.certificate) == Sources(
        crl=("http://crl.example/1",), ocsp=("http://ocsp.example/",)
    )
    assert find_named_sources(LEAF.certificate) == Sources()
