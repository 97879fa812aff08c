"""``swb trust``: what it says of bundles, lists and drafts, and what it exits with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from swb.cli.entry import main
from swb_schemas.catalogue import Purpose
from swb_schemas.wire.publication import encode_publication
from swb_schemas.wire.trust_list import encode_trust_list
from tests.vectors.roots import FIRST, SECOND, bundle_of_chain, sign_payload, state_roots
from tests.vectors.world import (
    END,
    HOLDERS,
    STANDARD_ENTRIES,
    TH_ISSUING,
    authority,
    bundle,
    list_form,
)

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.softkey import Authority
    from swb_schemas.wire.trust_list import TrustListForm

AT = "2026-03-02T03:05:00Z"


class Desk:
    """A folder, and the command in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def put(self, name: str, octets: bytes) -> str:
        path = self._folder / name
        path.write_bytes(octets)
        path.chmod(0o600)
        return str(path)

    def path(self, name: str) -> str:
        return str(self._folder / name)

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        status = main(["trust", *arguments, "--json"])
        return status, json.loads(self._capsys.readouterr().out)

    def code(self, *arguments: str, status: int = 1) -> str:
        ended, value = self.run(*arguments)
        assert ended == status, value
        return str(value["code"])

    def root(self, index: int = 0) -> tuple[str, ...]:
        """Options that sign with one of Thailand's roots."""
        return self.key_of(FIRST[index])

    def key_of(self, one: Authority) -> tuple[str, ...]:
        """Options that sign with a root."""
        name = one.thumbprint[-8:]
        key = self.put(f"{name}.key", _pem(one))
        certificate = self.put(f"{name}.pem", one.root_pem)
        return ("--key", key, "--certificate", certificate)


def _pem(one: Authority) -> bytes:
    return one.root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def published(form: TrustListForm) -> bytes:
    return authority(form.state).sign_list(form)


def test_shows_roots_lists_signers_and_what_is_known(desk: Desk) -> None:
    stolen = [
        (party, entry.model_copy(update={"compromised_since": END}))
        if party == TH_ISSUING
        else (party, entry)
        for party, entry in STANDARD_ENTRIES
    ]
    file = desk.put("bundle.json", bundle(list_form("TH", stolen)))
    status, value = desk.run("show", file, "--at", AT)
    assert status == 0
    assert value["environment"] == "test"
    thailand = value["states"]["TH"]
    assert (thailand["quorum"], thailand["root_number"]) == (1, 1)
    assert thailand["list"]["signers"] == [authority("TH").thumbprint]
    (seal,) = thailand["list"]["parties"][str(TH_ISSUING)]
    assert "stolen since 2046" in seal["against"]
    assert value["expiries"] == []


def test_shows_what_ends_soon(desk: Desk) -> None:
    file = desk.put("bundle.json", bundle())
    status, value = desk.run("show", file, "--at", "2045-12-20T00:00:00Z")
    assert status == 0
    assert {each["threshold"] for each in value["expiries"]} == {30}
    assert {each["subject"] for each in value["expiries"]} == {"list", "root", "certificate"}
    assert {each["code"] for each in value["findings"]} == {"trust.ends_soon"}


def test_shows_what_has_ended(desk: Desk) -> None:
    file = desk.put("bundle.json", bundle())
    status, value = desk.run("show", file, "--at", "2047-12-20T00:00:00Z")
    assert status == 0
    assert {each["code"] for each in value["findings"]} == {"trust.ended"}


@pytest.mark.parametrize(
    ("octets", "at", "status", "code"),
    [
        pytest.param(bundle(), AT, 0, None, id="a bundle that holds"),
        pytest.param(bundle_of_chain(state_roots()), AT, 0, None, id="replaced roots"),
        pytest.param(bundle(), "2046-02-01T00:00:00Z", 3, "trust.list_expired", id="expired"),
        pytest.param(
            bundle_of_chain(state_roots(signed_by=SECOND[1:])),
            AT,
            1,
            "trust.root_quorum",
            id="new roots that named themselves",
        ),
        pytest.param(b"{}", AT, 2, "cli.usage", id="neither"),
    ],
)
def test_verifies_a_bundle(
    desk: Desk, octets: bytes, at: str, status: int, code: str | None
) -> None:
    ended, value = desk.run("verify", desk.put("file.json", octets), "--at", at)
    assert (ended, value["code"]) == (status, code)


@pytest.mark.parametrize(
    ("octets", "status", "code"),
    [
        pytest.param(published(list_form("TH", number=2)), 0, None, id="the next one"),
        pytest.param(
            sign_payload(encode_trust_list(list_form("TH", number=2)), FIRST[1:]),
            1,
            "trust.unsigned",
            id="signed by roots that are not pinned",
        ),
        pytest.param(
            published(list_form("TH", expires=END.replace(year=2045))),
            1,
            "trust.rolled_back",
            id="another one of the same number",
        ),
        pytest.param(
            encode_publication(published(list_form("VN", number=2))), 0, None, id="a publication"
        ),
    ],
)
def test_verifies_a_list_by_pins(desk: Desk, octets: bytes, status: int, code: str | None) -> None:
    trust = desk.put("bundle.json", bundle())
    file = desk.put("list.json", octets)
    ended, value = desk.run("verify", file, "--trust", trust, "--at", AT)
    assert (ended, value["code"]) == (status, code)


def test_a_bundle_with_other_pins_is_told(desk: Desk) -> None:
    trust = desk.put("bundle.json", bundle())
    file = desk.put("other.json", bundle_of_chain(pinned=FIRST[1:], signed_by=FIRST[1:]))
    assert desk.code("verify", file, "--trust", trust, "--at", AT) == "trust.other_pins"


# --- making ------------------------------------------------------------------------------------


def test_a_list_goes_from_draft_to_bundle_by_a_quorum(desk: Desk) -> None:
    before = bundle_of_chain(form=list_form("TH", quorum=2), signed_by=FIRST[:2])
    trust = desk.put("bundle.json", before)
    signed = sign_payload(encode_trust_list(list_form("TH", quorum=2)), FIRST[:2])
    last, draft = desk.put("last.json", signed), desk.path("next.json")
    made = desk.run("draft", "--after", last, "--out", draft)[1]
    assert made["number"] == 2
    assert desk.code("verify", draft, "--trust", trust) == "trust.jws"
    desk.run("sign", draft, *desk.root(0))
    assert desk.code("verify", draft, "--trust", trust) == "trust.quorum"
    assert desk.code("install", draft, "--bundle", trust) == "trust.quorum"
    status, value = desk.run("sign", draft, *desk.root(1), "--digest", made["digest"])
    assert status == 0
    assert value["digest"] == made["digest"]
    assert len(value["signatures"]) == 2
    assert desk.run("install", draft, "--bundle", trust)[0] == 0
    assert desk.run("show", trust)[1]["states"]["TH"]["list"]["number"] == 2
    assert desk.code("install", last, "--bundle", trust) == "trust.rolled_back"


def test_what_somebody_signed_is_not_changed(desk: Desk) -> None:
    file = desk.put("list.json", published(list_form("TH")))
    seal = desk.put("seal.der", HOLDERS[0].der)
    party = ("--party", str(TH_ISSUING), "--purpose", "issuing-seal")
    assert desk.code("add", seal, "--list", file, *party) == "trust.signed"
    assert desk.code("retire", seal, "--list", file, "--until", AT) == "trust.signed"


def test_nobody_signs_another_digest_than_was_read_aloud(desk: Desk) -> None:
    draft = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", draft)
    other = f"sha-256:{'0' * 64}"
    assert desk.code("sign", draft, *desk.root(), "--digest", other) == "trust.other_digest"
    assert desk.run("show", draft)[1]["signatures"] == []


def test_a_draft_is_added_to_and_retired_from(desk: Desk) -> None:
    draft = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", draft)
    seal = desk.put("seal.der", HOLDERS[0].der)
    party = ("--party", str(TH_ISSUING), "--purpose", "issuing-seal")
    assert desk.run("add", seal, "--list", draft, *party, "--from", AT)[0] == 0
    assert desk.code("add", seal, "--list", draft, *party, "--from", AT) == "trust.listed"
    later = "2026-04-01T00:00:00Z"
    desk.run("retire", seal, "--list", draft, "--until", later, "--stolen-since", AT)
    (listed,) = desk.run("show", draft)[1]["says"]["parties"]
    (entry,) = listed["certificates"]
    assert (entry["from"], entry["until"], entry["compromisedSince"]) == (AT, later, AT)
    missing = f"sha-256:{'0' * 64}"
    assert desk.code("retire", missing, "--list", draft, "--until", AT) == "trust.not_listed"


def test_the_longest_purpose_stands_apart_from_its_dates(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", draft)
    seal = desk.put("seal.der", HOLDERS[0].der)
    purpose = max(Purpose, key=len).value
    party = ("--party", str(TH_ISSUING), "--purpose", purpose)
    status, told = desk.run("add", seal, "--list", draft, *party, "--from", AT)
    assert status == 0, told
    assert main(["trust", "show", draft]) == 0
    assert f"{purpose}  {AT}" in capsys.readouterr().out


def test_nothing_is_overwritten_or_pinned_twice(desk: Desk) -> None:
    draft = desk.put("draft.json", b"mine")
    first = ("--state", "TH", "--environment", "test", "--out", draft)
    assert desk.code("draft", *first) == "trust.exists"
    statement = state_roots(FIRST, signed_by=FIRST[:2], former=(), number=1)
    file = desk.put("roots.json", statement.octets)
    digest = desk.run("show", file)[1]["digest"]
    new = desk.path("new.json")
    assert desk.run("pin", file, "--digest", digest, "--bundle", new)[1]["quorum"] == 2
    assert desk.code("pin", file, "--digest", digest, "--bundle", new) == "trust.pinned"
    one = desk.put("one.json", state_roots(FIRST, signed_by=FIRST[:1], former=(), number=1).octets)
    other = desk.path("other.json")
    assert desk.code("pin", one, "--digest", digest, "--bundle", other) == "trust.root_quorum"


def test_the_region_points_to_lists_that_it_saw(desk: Desk) -> None:
    seen = desk.put("bundle.json", bundle())
    draft = desk.path("region.json")
    region = ("draft", "--state", "REGION", "--environment", "test", "--out", draft)
    where = "https://trust.th.example/list.json"
    assert desk.code(*region, "--pointer", f"TH={where}", status=2) == "cli.usage"
    plain = "TH=http://trust.th.example/list.json"
    assert desk.code(*region, "--seen", seen, "--pointer", plain) == "trust.malformed"
    assert desk.run(*region, "--seen", seen, "--pointer", f"TH={where}")[0] == 0
    says = desk.run("show", draft)[1]["says"]
    assert [each["state"] for each in says["snapshot"]] == ["TH", "VN"]
    (pointer,) = says["pointers"]
    assert pointer["location"] == where
    assert pointer["roots"] == [authority("TH").thumbprint]


def test_an_issuing_authority_is_named_with_where_to_ask(desk: Desk) -> None:
    draft = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", draft)
    root = desk.put("root.pem", authority("TH").root_pem)
    for number in (1, 2):
        location = f"http://pki.th.example/{number}.crl"
        assert desk.run("authority", root, "--list", draft, "--crl", location)[0] == 0
    (named,) = desk.run("show", draft)[1]["says"]["authorities"]
    assert named["crl"] == ["http://pki.th.example/2.crl"]
    wrong = ("authority", root, "--list", draft, "--ocsp", "ftp://pki.th.example")
    assert desk.code(*wrong) == "trust.malformed"


def test_a_root_signs_wherever_its_key_is(desk: Desk) -> None:
    """By a section as a daemon's configuration has it: a file here, a token or signer elsewhere."""
    draft = desk.path("draft.json")
    desk.run("draft", "--state", "TH", "--environment", "test", "--out", draft)
    _, key, _, certificate = desk.root()
    section = f'[key]\nkey = "{key}"\ncertificate = "{certificate}"\n'
    chosen = desk.put("key.toml", section.encode())
    assert desk.run("sign", draft, "--key-config", chosen)[0] == 0
    broken = desk.put("broken.toml", b'[key]\nkey = "x"\npassphrase = "secret in clear"\n')
    status, value = desk.run("sign", draft, "--key-config", broken)
    assert (status, value["code"]) == (2, "cli.usage")
    assert "secret" not in value["message"]
    one = FIRST[1]
    together = serialize_key_and_certificates(
        b"root",
        one.root_key,
        x509.load_pem_x509_certificate(one.root_pem),
        None,
        BestAvailableEncryption(b"open"),
    )
    packed, secret = desk.put("root.p12", together), desk.put("passphrase", b"open")
    assert desk.run("sign", draft, "--pkcs12", packed, "--passphrase", f"file:{secret}")[0] == 0
    shut = desk.put("other", b"shut")
    wrong = ("sign", draft, "--pkcs12", packed, "--passphrase", f"file:{shut}")
    assert desk.code(*wrong, status=2) == "cli.usage"
    signed = {FIRST[0].thumbprint, one.thumbprint}
    assert set(desk.run("show", draft)[1]["signatures"]) == signed
    leaf = desk.put("seal.pem", _certificate_pem(HOLDERS[0].der))
    sealing = desk.put("seal.key", HOLDERS[0].pem)
    assert desk.code("sign", draft, "--key", sealing, "--certificate", leaf) == "trust.root"


def test_a_draft_expires_when_it_is_told_to(desk: Desk) -> None:
    expires = f"{datetime.now(UTC) + timedelta(days=100):%Y-%m-%dT%H:%M:%SZ}"
    root = desk.put("root.pem", FIRST[0].root_pem)
    first = ("--state", "TH", "--environment", "test", "--expires", expires)
    for command in (("draft",), ("roots", "--quorum", "1", "--root", root)):
        file = desk.path(f"{command[0]}.json")
        assert desk.run(*command, *first, "--out", file) == (0, ANY)
        assert desk.run("show", file)[1]["says"]["expires"] == expires


def _certificate_pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
