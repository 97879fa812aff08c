"""Paths: from a certificate over at most one issuing authority to a pinned root."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.wire import TrustBundle, TrustList, verify_trust_list
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.paths import find_path
from swb_schemas.wire.root_succession import check_root
from swb_schemas.wire.trust_list import encode_trust_list, list_authority, list_certificate
from tests.unit.wire.issuing import AT, BEGIN, END, YEAR, Issued, issue, usage_of
from tests.vectors.world import TH_GATEWAY, authority, list_form

UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
ROOT = issue("root", authority=True)
ISSUING = issue("issuing", ROOT, authority=True, path_length=0)


def _path(leaf: Issued, *authorities: Issued, roots: tuple[Issued, ...] = (ROOT,)) -> list[str]:
    found = find_path(
        leaf.certificate,
        roots=[each.certificate for each in roots],
        authorities=[each.certificate for each in authorities],
    )
    return [each.subject for each in found]


def test_a_leaf_of_the_root_has_the_root_alone_above_it() -> None:
    assert _path(issue("leaf", ROOT)) == ["CN=root"]


def test_a_leaf_of_an_issuing_authority_leads_over_it_to_the_root() -> None:
    assert _path(issue("leaf", ISSUING), ISSUING) == ["CN=issuing", "CN=root"]


def test_the_root_leads_to_itself() -> None:
    assert _path(ROOT) == ["CN=root"]


def test_what_is_not_needed_does_no_harm() -> None:
    foreign = issue("foreign", issue("other root", authority=True), authority=True)
    assert _path(issue("leaf", ISSUING), foreign, ISSUING) == ["CN=issuing", "CN=root"]


def test_a_path_whose_parts_began_one_after_the_other_is_found() -> None:
    root = issue("root", authority=True, begin=BEGIN, end=BEGIN + 2 * YEAR)
    between = issue("issuing", root, authority=True, begin=BEGIN + YEAR)
    leaf = issue("leaf", between, begin=BEGIN + YEAR / 2)
    assert _path(leaf, between, roots=(root,)) == ["CN=issuing", "CN=root"]


BROKEN: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # name: what is changed of root, issuing authority and leaf
    "the root is no authority": ({"authority": False}, {}, {}),
    "the root has no basic constraints": ({"authority": None}, {}, {}),
    "the root may not issue": ({"usage": usage_of("digital_signature")}, {}, {}),
    "the root allows no authority under it": ({"path_length": 0}, {}, {}),
    "the root ended before the rest began": (
        {"begin": BEGIN - 2 * YEAR, "end": BEGIN - YEAR},
        {},
        {},
    ),
    "the issuing authority is none": ({}, {"authority": False}, {}),
    "the issuing authority has no basic constraints": ({}, {"authority": None}, {}),
    "the issuing authority may not issue": ({}, {"usage": usage_of("digital_signature")}, {}),
    "the issuing authority's critical extension is unknown": (
        {},
        {"extensions": {UNKNOWN: True}},
        {},
    ),
    "the issuing authority may name other names only": (
        {},
        {
            "extensions": {
                x509.NameConstraints(
                    permitted_subtrees=[x509.DNSName("example.org")], excluded_subtrees=None
                ): True
            }
        },
        {"extensions": {x509.SubjectAlternativeName([x509.DNSName("example.net")]): False}},
    ),
    "the issuing authority was signed with another digest than allowed": (
        {},
        {"digest": hashes.SHA224()},
        {},
    ),
    "the leaf's critical extension is unknown": ({}, {}, {"extensions": {UNKNOWN: True}}),
    "the leaf was signed with another digest than allowed": ({}, {}, {"digest": hashes.SHA224()}),
    "the leaf names another issuer": ({}, {}, {"issuer_name": "somebody else"}),
    "the leaf ended before its issuer began": (
        {},
        {"begin": BEGIN + 2 * YEAR},
        {"end": BEGIN + YEAR},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_path_where(name: str) -> None:
    of_root, of_issuing, of_leaf = BROKEN[name]
    root = issue("root", **{"authority": True, **of_root})
    between = issue("issuing", root, **{"authority": True, **of_issuing})
    leaf = issue("leaf", between, **of_leaf)
    assert _path(leaf, between, roots=(root,)) == []


def test_no_path_over_two_issuing_authorities() -> None:
    root = issue("root", authority=True)
    first = issue("first", root, authority=True)
    second = issue("second", first, authority=True)
    assert _path(issue("leaf", second), first, second, roots=(root,)) == []


def test_no_path_to_an_authority_that_made_itself() -> None:
    own = issue("root", authority=True)
    assert _path(issue("leaf", own)) == []
    assert _path(issue("leaf", own), own) == []


def test_no_path_over_an_issuing_authority_that_the_list_lacks() -> None:
    assert _path(issue("leaf", ISSUING)) == []


def test_no_path_over_a_leaf_that_signs_certificates() -> None:
    leaf = issue("leaf", ROOT)
    assert _path(issue("below", leaf), leaf) == []


def test_refuses_a_certificate_of_a_version_that_there_is_not() -> None:
    octets = ROOT.x509.public_bytes(Encoding.DER)
    changed = octets.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    assert changed != octets
    with pytest.raises(RefusedError) as caught:
        parse_certificate(changed)
    assert caught.value.code == "certificate.malformed"


@pytest.mark.parametrize(
    ("authority", "usage"),
    [
        pytest.param(False, usage_of("key_cert_sign"), id="no authority"),
        pytest.param(None, usage_of("key_cert_sign"), id="says nothing of authority"),
        pytest.param(True, usage_of("crl_sign"), id="an authority that may not issue"),
    ],
)
def test_who_is_no_authority_is_no_root_and_issues_nothing(
    authority: bool | None, usage: x509.KeyUsage
) -> None:
    own = issue("own", authority=authority, usage=usage)
    assert not own.certificate.is_issued_by(own.certificate)
    assert not issue("leaf", own).certificate.is_issued_by(own.certificate)
    with pytest.raises(RefusedError) as refused:
        check_root(own.certificate, "TH")
    assert refused.value.code == "trust.root"
    check_root(ROOT.certificate, "TH")


def test_no_path_without_roots() -> None:
    assert _path(issue("leaf", ROOT), roots=()) == []


# --- on a list ---------------------------------------------------------------------------------


def _list(root: Issued, between: Issued, leaf: Issued) -> TrustList:
    entry = list_certificate(
        Purpose.TRANSPORT, leaf.x509.public_bytes(Encoding.DER), start=BEGIN, end=END
    )
    form = list_form("TH", [(TH_GATEWAY, entry)]).model_copy(
        update={
            "authorities": (
                list_authority(
                    between.x509.public_bytes(Encoding.DER), ocsp=("http://ocsp.example/",)
                ),
            )
        }
    )
    payload = encode_trust_list(form)
    signer = authority("TH")
    return verify_trust_list(
        assemble_jws(payload, {signer.thumbprint: signer.sign(payload)}),
        state="TH",
        environment=Environment.TEST,
        roots=[parse_pem_certificate(signer.root_pem), root.certificate],
    )


def _bundle(found: TrustList) -> TrustBundle:
    return TrustBundle(environment=Environment.TEST, roots={}, lists={"TH": found})


def _judge(trust: TrustBundle, leaf: Issued, at: datetime = AT) -> None:
    trust.judge_certificate(
        leaf.x509.public_bytes(Encoding.DER),
        party=TH_GATEWAY,
        purpose=Purpose.TRANSPORT,
        moments=(at,),
        at=at,
    )


def test_a_list_says_who_issues_and_where_is_asked() -> None:
    leaf = issue("leaf", ISSUING)
    found = _list(ROOT, ISSUING, leaf)
    (one,) = found.authorities
    assert one.certificate.der == ISSUING.certificate.der
    assert one.ocsp == ("http://ocsp.example/",)
    assert [each.subject for each in one.path] == ["CN=root"]
    _judge(_bundle(found), leaf)


def test_every_certificate_of_the_path_must_hold_at_the_moment_asked_for() -> None:
    between = issue("issuing", ROOT, authority=True, end=AT)
    leaf = issue("leaf", between)
    trust = _bundle(_list(ROOT, between, leaf))
    _judge(trust, leaf, AT)
    with pytest.raises(RefusedError) as caught:
        _judge(trust, leaf, AT + timedelta(seconds=1))
    assert caught.value.code == "certificate.expired"


def test_an_authority_without_a_path_lets_nothing_be_believed() -> None:
    foreign = issue("foreign root", authority=True)
    between = issue("issuing", foreign, authority=True)
    leaf = issue("leaf", between)
    found = _list(ROOT, between, leaf)
    assert found.authorities[0].path == ()
    with pytest.raises(RefusedError) as caught:
        _judge(_bundle(found), leaf)
    assert caught.value.code == "certificate.not_issued"


@pytest.mark.parametrize(
    "duty", [ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING]
)
def test_a_responder_or_a_time_stamping_authority_signs_no_messages(
    duty: x509.ObjectIdentifier,
) -> None:
    leaf = issue("leaf", ISSUING, extensions={x509.ExtendedKeyUsage([duty]): True})
    with pytest.raises(RefusedError) as caught:
        _judge(_bundle(_list(ROOT, ISSUING, leaf)), leaf)
    assert caught.value.code == "certificate.key_usage"
