"""``swb render``, ``swb verify-print`` and ``swb paper record --code``, in this process."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from PIL import Image

from swb.cli.entry import main
from swb.cli.paper import _read_print, _require_usable
from swb.config import load_config
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.print_verification import verify_print_code
from swb_schemas.xml import encode
from tests.certificates import make_certificate
from tests.hostile_prints import alter
from tests.printing import seal_verified, trust, write_codes
from tests.services import require_program
from tests.vectors.world import AT, HOLDERS, bundle

if TYPE_CHECKING:
    from pathlib import Path

    from swb.config import Config

LATER: Final = "2026-03-03T00:00:00Z"
_CONFIG: Final = """\
[party]
state = "{state}"
environment = "{environment}"

[roles]
run = ["gateway"]

[store]
path = "store.db"

[transport]
kind = "embedded"
path = "broker.db"

[trust]
bundle = "bundle.json"

[connections]
table = "connections.toml"

[national]
adapters = ["vietnam"]
drop_folder = "national"

[keys.receipt-seal]
key = "receipt-seal.pem"
certificate = "receipt-seal.crt.pem"

[keys.transport]
key = "transport.pem"
certificate = "transport.crt.pem"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust bundle, an issuing seal, and a certificate in each form that can be printed."""
    made = tmp_path_factory.mktemp("papers")
    (made / "bundle.json").write_bytes(bundle())
    seal = HOLDERS[0]
    (made / "seal.pem").write_bytes(seal.pem)
    (made / "seal.pem").chmod(0o600)
    certificate = parse_certificate(seal.der).parsed.public_bytes(Encoding.PEM)
    (made / "seal.crt.pem").write_bytes(certificate)
    (made / "sealed.xml").write_bytes(seal_verified(make_certificate()).octets)
    (made / "plain.xml").write_bytes(encode(make_certificate()))
    return made


def run(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Run a command; returns its exit status and its JSON value."""
    status = main([*map(str, arguments), "--json"])
    value: dict[str, Any] = json.loads(capfd.readouterr().out)
    return status, value


def test_a_sealed_certificate_is_printed_with_a_code_and_verified(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    require_program("fc-list")
    trust = ("--trust", folder / "bundle.json", "--at", LATER)
    seal = ("--key", folder / "seal.pem", "--certificate", folder / "seal.crt.pem")
    file = tmp_path / "form-d.pdf"
    status, printed = run(
        capfd, "render", folder / "sealed.xml", "--pdf", "--output", file, *trust, *seal
    )
    assert (status, printed["pages"], len(printed["codes"])) == (0, 1, 1)
    locked, secret = tmp_path / "locked.pem", tmp_path / "passphrase"
    key = load_pem_private_key((folder / "seal.pem").read_bytes(), None)
    encryption = BestAvailableEncryption(b"open")
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    secret.write_text("open")
    for each in (locked, secret):
        each.chmod(0o600)
    again = ("--key", locked, *seal[2:], "--passphrase", f"file:{secret}")
    arguments = ("render", folder / "sealed.xml", "--html", "--output", tmp_path / "form-d.html")
    assert run(capfd, *arguments, *trust, *again)[0] == 0
    assert run(capfd, *arguments, *trust, *again[:4])[1]["code"] == "signer.unavailable"
    status, verdict = run(capfd, "verify-print", file, *trust)
    assert (status, verdict["verdict"], verdict["missing"]) == (0, "accepted", [])
    assert verdict["fields"]["certificate_key"] == printed["certificate_key"]
    assert verdict["fields"]["items"][0]["criterion"] == "CTSH + 35%"
    status, verdict = run(capfd, "verify-print", printed["codes"][0][:-1] + "A", *trust)
    assert (status, verdict["verdict"]) == (1, "refused")


def test_without_a_seal_a_print_has_no_code_and_says_so(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    require_program("fc-list")
    file = tmp_path / "form-d.html"
    for name, why in (
        ("sealed", "nobody who issued it printed it"),
        ("plain", "nothing is sealed"),
    ):
        trust = ("--trust", folder / "bundle.json")
        status, printed = run(
            capfd, "render", folder / f"{name}.xml", "--html", "--output", file, *trust
        )
        assert (status, printed["codes"]) == (0, [])
        assert why in printed["why_no_code"]
        assert printed["why_no_code"] in file.read_text(encoding="utf-8")


def test_refuses_to_sign_with_a_key_that_is_no_listed_issuing_seal(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = HOLDERS[2]
    (tmp_path / "key.pem").write_bytes(other.pem)
    (tmp_path / "key.pem").chmod(0o600)
    certificate = parse_certificate(other.der).parsed.public_bytes(Encoding.PEM)
    (tmp_path / "crt.pem").write_bytes(certificate)
    seal = ("--key", tmp_path / "key.pem", "--certificate", tmp_path / "crt.pem")
    trust = ("--trust", folder / "bundle.json", "--at", LATER)
    file = tmp_path / "form-d.pdf"
    status, failure = run(
        capfd, "render", folder / "sealed.xml", "--pdf", "--output", file, *trust, *seal
    )
    assert (status, failure["code"]) == (1, "certificate.unlisted")
    assert not file.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["render", "sealed.xml", "--output", "out"],
        ["render", "sealed.xml", "--pdf", "--output", "out"],
        ["render", "TH:BKK:1", "--pdf", "--output", "out"],
        ["render", "plain.xml", "--pdf", "--output", "out", "--key", "seal.pem"],
        ["verify-print", "--trust", "bundle.json"],
        ["verify-print", "", "--trust", "bundle.json"],
        ["verify-print", "SWB1:X", "--page", "out", "--trust", "bundle.json"],
    ],
    ids=["no form", "no trust", "no file", "half a seal", "nothing", "empty", "both"],
)
def test_says_what_is_missing_on_the_command_line(
    arguments: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    status, failure = run(capfd, *arguments)
    assert (status, failure["code"]) == (2, "cli.usage")


def test_pages_of_a_print_are_missed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = write_codes(make_certificate(items=2), [(0,), (1,)])[0]
    status, verdict = run(capfd, "verify-print", first, "--trust", folder / "bundle.json")
    assert (status, verdict["verdict"], verdict["missing"]) == (3, "undetermined", [2])
    assert verdict["code"] == verdict["findings"][0]["code"] == "print_code.sheet_missing"
    assert main(["verify-print", first, "--trust", str(folder / "bundle.json")]) == 3
    told = capfd.readouterr().out
    assert told.startswith("undetermined, TEST, NOT VALID, pages missing: print, judged as of ")
    assert "TH:" in told


def test_who_misread_a_code_is_told_to_scan_it_again(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = write_codes()[0]
    mistyped = whole[:-1] + ("A" if whole[-1] != "A" else "B")
    for text in (whole[:-20], "SWB2:", mistyped):
        assert main(["verify-print", text, "--trust", str(folder / "bundle.json")]) == 1
        assert "scan it again" in capfd.readouterr().out


def test_a_picture_without_a_code_that_can_be_read_says_nothing_on_the_paper(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Image.new("1", (200, 200), 1).save(tmp_path / "blurred.png")
    (tmp_path / "notes.md").write_text("no picture", encoding="utf-8")
    for name, code in (("blurred.png", "print_code.none"), ("notes.md", "print_code.unreadable")):
        status, verdict = run(
            capfd, "verify-print", tmp_path / name, "--trust", folder / "bundle.json"
        )
        assert (status, verdict["verdict"], verdict["code"]) == (3, "undetermined", code)
        assert verdict["actor"] == "recipient"


def test_tells_what_a_code_does_not_vouch_for(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither a quantity nor a weight; what happened since; and all that is beside the fields."""
    for text, measure in (
        (_weigh(None, None), "not in the code "),
        (_weigh("5100", "KGM"), "gross 5100 KGM "),
        (write_codes()[0], "1200.5 KGM "),
    ):
        assert main(["verify-print", text, "--trust", str(folder / "bundle.json")]) == 0
        told = capfd.readouterr().out
        assert f"63053310    {measure}" in told
        assert ("nobody vouches for the weight" in told) is measure.startswith("not in")
        assert "vouches for nothing else on the paper" in told
        *_, last = told.splitlines()
        assert last == (
            "not known offline: whether it was cancelled or used since 2026-03-02T03:05:00Z; "
            "ask your gateway (swb status, swb paper list) or urn:swb:party:TH:issuing"
        )
    status, verdict = run(capfd, "verify-print", text, "--trust", folder / "bundle.json")
    assert (status, verdict["not_known"]) == (0, ["cancellation", "use"])


def _weigh(value: str | None, unit: str | None) -> str:
    """The code of a certificate with one item without a quantity, perhaps with a weight."""
    gross = [value, unit] if value else []
    item = [1, "63053310", None, None, "CTSH + 35%", *gross]
    return alter({13: [1, 1], 14: 1, 15: [item]}, version=2 if gross else 1)


@pytest.mark.parametrize(
    ("number", "cautions", "copy"),
    [
        (0, "", "ORIGINAL, the one for the importing customs"),
        (
            1,
            ", not the original",
            "DUPLICATE, the one that the issuing authority keeps",
        ),
        (
            2,
            ", not the original",
            "TRIPLICATE, the one that the exporter keeps",
        ),
    ],
)
def test_tells_which_sheet_of_the_set_it_is(
    folder: Path, capfd: pytest.CaptureFixture[str], number: int, cautions: str, copy: str
) -> None:
    texts = "\n".join(alter({6: number}, sheet=sheet) for sheet in (0, 1))
    assert main(["verify-print", texts, "--trust", str(folder / "bundle.json")]) == 0
    told = capfd.readouterr().out
    assert told.startswith(f"accepted, TEST, NOT VALID{cautions}: print")
    assert f"    copy             {copy}\n" in told


def desk(folder: Path, state: str = "VN", environment: str = "test") -> Config:
    """The configuration of a gateway that trusts the world of the golden vectors."""
    (folder / "bundle.json").write_bytes(bundle())
    text = _CONFIG.format(state=state, environment=environment)
    (folder / "swb.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "swb.toml")


@pytest.mark.parametrize(
    ("state", "text", "code"),
    [
        ("LA", "", "print_code.destination"),
        ("VN", "SWB1:00", "print_code.malformed"),
    ],
    ids=["for another state", "no code"],
)
def test_a_code_that_is_not_for_this_desk_is_not_recorded(
    state: str, text: str, code: str, tmp_path: Path
) -> None:
    config = desk(tmp_path, state)
    with pytest.raises(RefusedError) as failure:
        asyncio.run(_read_print(config, text or write_codes()[0], AT.date()))
    assert failure.value.code == code


def test_a_paper_of_the_parallel_exchange_is_not_recorded_as_a_binding_one(tmp_path: Path) -> None:
    """The same roots serve both, so the signature holds."""
    code = verify_print_code(write_codes()[0], trust=trust(), at=AT)
    fields = code.fields.model_copy(update={"environment": Environment.PARALLEL})
    party = desk(tmp_path, environment="production").party
    with pytest.raises(RefusedError) as failure:
        _require_usable(fields, party, AT.date())
    assert failure.value.code == "environment.wrong"


def test_a_code_is_not_recorded_for_a_day_after_its_last_and_missing_pages_are_told(
    tmp_path: Path,
) -> None:
    last = date(2030, 1, 31)
    text, config = alter({16: (last - date(1970, 1, 1)).days}), desk(tmp_path)
    found = asyncio.run(_read_print(config, text, last))
    assert [each.code for each in found.findings] == ["print_code.sheet_missing"]
    with pytest.raises(RefusedError) as failure:
        asyncio.run(_read_print(config, text, last + timedelta(days=1)))
    assert failure.value.code == "paper.outside_validity"


def test_a_code_is_recorded_with_a_declaration_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk(tmp_path)
    config = ("--config", tmp_path / "swb.toml", "--on", "2026-03-02")
    for more in ((), ("--declaration", " ")):
        status, failure = run(capfd, "paper", "record", "--code", write_codes()[0], *config, *more)
        assert (status, failure["code"]) == (2, "cli.usage")
        assert "declaration" in failure["message"]
