"""``swb trust add`` and ``sign`` refuse what readers of a list would not believe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from swb.cli.entry import main
from swb_schemas.catalogue import Purpose
from swb_schemas.connection_agreement import AgreementForm, encode_agreement
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.jws import assemble_jws
from tests.unit.cli.test_trust_command import Desk
from tests.vectors.roots import FIRST, SECOND, bundle_of_chain, state_roots
from tests.vectors.world import (
    BEGIN,
    HOLDERS,
    TH_GATEWAY,
    VN_GATEWAY,
    authority,
    bundle,
    holder_under,
)

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.softkey import Authority

GATEWAY = ("--party", str(TH_GATEWAY), "--purpose", "transport")
VIETNAM = authority("VN")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture
def draft(desk: Desk) -> str:
    file = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", file)
    return file


def der_of(root: Authority) -> bytes:
    return x509.load_pem_x509_certificate(root.root_pem).public_bytes(Encoding.DER)


def first_statement(desk: Desk) -> str:
    made = state_roots(FIRST, signed_by=FIRST[:2], former=(), number=1)
    return desk.put("roots-1.json", made.octets)


# --- listing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(der_of(VIETNAM), "certificate.key_usage", id="a root of another state"),
        pytest.param(der_of(FIRST[0]), "certificate.key_usage", id="a root of the state"),
        pytest.param(
            holder_under(FIRST[0], TH_GATEWAY, Purpose.DECRYPTION).der,
            "certificate.key_usage",
            id="for decryption",
        ),
        pytest.param(
            holder_under(FIRST[0], VN_GATEWAY, Purpose.TRANSPORT).der,
            "certificate.other_party",
            id="of another party",
        ),
    ],
)
def test_never_lists_what_no_reader_would_believe(
    desk: Desk, draft: str, octets: bytes, code: str
) -> None:
    file = desk.put("offered.der", octets)
    assert desk.code("add", file, "--list", draft, *GATEWAY) == code
    assert desk.run("show", draft)[1]["says"]["parties"] == []


@pytest.mark.parametrize("source", ["--under", "--trust"])
def test_lists_only_what_a_root_of_the_state_issued(desk: Desk, draft: str, source: str) -> None:
    roots = {"--under": first_statement(desk), "--trust": desk.put("bundle.json", bundle())}
    known = (source, roots[source])
    stranger = desk.put("vn.der", holder_under(VIETNAM, TH_GATEWAY, Purpose.TRANSPORT).der)
    ours = desk.put("th.der", holder_under(FIRST[0], TH_GATEWAY, Purpose.TRANSPORT).der)
    refused = desk.code("add", stranger, "--list", draft, *GATEWAY, *known)
    assert refused == "certificate.not_issued"
    status, value = desk.run("add", ours, "--list", draft, *GATEWAY, *known)
    assert (status, value["findings"]) == (0, [])


def test_warns_where_nobody_knows_who_issued_it(desk: Desk, draft: str) -> None:
    ours = desk.put("th.der", holder_under(FIRST[0], TH_GATEWAY, Purpose.TRANSPORT).der)
    status, value = desk.run("add", ours, "--list", draft, *GATEWAY)
    assert status == 0
    assert [each["code"] for each in value["findings"]] == ["trust.unchecked"]


def test_lists_nothing_whose_time_is_over(desk: Desk, draft: str) -> None:
    ours = desk.put("th.der", holder_under(FIRST[0], TH_GATEWAY, Purpose.TRANSPORT).der)
    dates = ("--from", "2026-01-02T00:00:00Z", "--until", "2026-01-03T00:00:00Z")
    assert desk.code("add", ours, "--list", draft, *GATEWAY, *dates) == "certificate.expired"


# --- signing -----------------------------------------------------------------------------------


def test_a_foreign_root_does_not_sign_a_list(desk: Desk, draft: str) -> None:
    for known in (
        ("--under", first_statement(desk)),
        ("--trust", desk.put("bundle.json", bundle())),
    ):
        assert desk.code("sign", draft, *desk.key_of(VIETNAM), *known) == "trust.foreign_root"
    assert desk.run("show", draft)[1]["signatures"] == []
    status, value = desk.run("sign", draft, *desk.key_of(VIETNAM))
    assert [each["code"] for each in value["findings"]] == ["trust.unchecked"]
    assert status == 0


def test_a_root_signs_once(desk: Desk, draft: str) -> None:
    known = ("--under", first_statement(desk))
    assert desk.run("sign", draft, *desk.root(0), *known)[0] == 0
    assert desk.code("sign", draft, *desk.root(0), *known) == "trust.already_signed"


def test_a_root_statement_is_signed_by_old_and_new_roots_only(desk: Desk) -> None:
    before = first_statement(desk)
    unsigned = state_roots(SECOND, signed_by=(), former=())
    file = desk.put("roots-2.json", unsigned.octets)
    assert desk.code("sign", file, *desk.key_of(VIETNAM)) == "trust.foreign_root"
    assert desk.code("sign", file, *desk.key_of(VIETNAM), "--under", before) == "trust.foreign_root"
    assert desk.run("sign", file, *desk.key_of(SECOND[2]))[0] == 0
    assert desk.run("sign", file, *desk.root(0), "--under", before)[0] == 0
    other = desk.put("bundle.json", bundle_of_chain(signed_by=FIRST[:2]))
    assert desk.run("sign", file, *desk.root(1), "--trust", other)[0] == 0


def test_an_agreement_is_signed_by_roots_of_its_two_states(desk: Desk) -> None:
    form = AgreementForm(
        states=("TH", "VN"), environment="test", number=1, issued=BEGIN, connections=()
    )
    file = desk.put("agreement.json", assemble_jws(encode_agreement(form), {}))
    known = ("--trust", desk.put("bundle.json", bundle()))
    region = desk.key_of(authority("REGION"))
    assert desk.code("sign", file, *region, *known) == "trust.foreign_root"
    assert desk.run("sign", file, *desk.key_of(VIETNAM), *known)[0] == 0
    assert len(json.loads(desk.read("agreement.json"))["signatures"]) == 1


def test_key_and_certificate_of_different_roots_are_a_fault_of_usage(
    desk: Desk, draft: str
) -> None:
    _, key, *_ = desk.root(0)
    *_, certificate = desk.root(1)
    pair = ("--key", key, "--certificate", certificate)
    assert desk.code("sign", draft, *pair, status=2) == "cli.usage"


def test_a_leaf_of_the_standard_list_can_be_listed(desk: Desk, draft: str) -> None:
    one = HOLDERS[0]
    file = desk.put("seal.der", one.der)
    known = ("--trust", desk.put("bundle.json", bundle()))
    party = ("--party", str(one.party), "--purpose", one.purpose.value)
    assert desk.run("add", file, "--list", draft, *party, *known)[0] == 0


# --- showing -----------------------------------------------------------------------------------


def test_shows_what_is_about_to_be_signed(
    desk: Desk, draft: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = state_roots()
    assert main(["trust", "show", desk.put("roots-2.json", made.octets)]) == 0
    told = capsys.readouterr().out
    assert "statement   2 of TH for test" in told
    assert "quorum      2 of 3 roots" in told
    assert all(each.thumbprint in told for each in (*SECOND, FIRST[0]))
    one = holder_under(FIRST[0], TH_GATEWAY, Purpose.TRANSPORT)
    desk.run("add", desk.put("th.der", one.der), "--list", draft, *GATEWAY)
    stolen = ("--stolen-since", "2026-03-01T00:00:00Z")
    desk.run("retire", desk.path("th.der"), "--list", draft, *stolen)
    assert main(["trust", "show", draft]) == 0
    told = capsys.readouterr().out
    assert "stolen since 2026-03-01" in told
    assert parse_certificate(one.der).thumbprint in told
    assert str(TH_GATEWAY) in told


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        pytest.param(FIRST[0].root_pem, "in PEM", id="a certificate"),
        pytest.param(b"hello", "no JSON", id="text"),
        pytest.param(b"{}", "lacks format and payload", id="other JSON"),
    ],
)
def test_says_what_a_file_is_not(desk: Desk, octets: bytes, found: str) -> None:
    file = desk.put("file", octets)
    for words in (("show", file), ("install", file, "--bundle", desk.put("b.json", bundle()))):
        status, value = desk.run(*words)
        assert (status, value["code"], value["actor"]) == (1, "trust.malformed", "operator")
        assert found in value["message"]


def test_a_theft_does_not_lie_ahead(desk: Desk) -> None:
    config = desk.put("gateway.toml", b"")
    words = ("compromise", "TH", "--since", "2130-01-01T00:00Z", "--reason", "x")
    assert desk.code(*words, "--config", config, status=2) == "cli.usage"
