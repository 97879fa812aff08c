"""``swb submit`` and ``swb status``, and the daemons between them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.sandbox.region import Region, lay_out_region
from tests.cli_reference import documented_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Program

NUMBER: Final = b"D2026-0004711"
KEY: Final = "TH:NTB01:D2026-0004711"
PATIENCE: Final = 60.0
"""Seconds until a document's road must have ended."""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Two gateways, a router and authorities, configured and not running."""
    folder = tmp_path_factory.mktemp("region")
    return asyncio.run(lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=2))


@contextmanager
def running(swb: Program, region: Region) -> Iterator[None]:
    """Run all daemons of the region in one process, until the end of the block."""
    files = [region.router, *region.gateways.values(), *region.authorities.values()]
    options = [part for file in files for part in ("--config", file)]
    command: list[str | Path] = [swb.path, "run", *options]
    with (
        (region.folder / "log.jsonl").open("wb") as log,
        subprocess.Popen(command, stderr=log, stdout=subprocess.DEVNULL) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def test_a_form_d_is_submitted_followed_and_answered(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    config = ("--config", region.gateways["TH"])

    submitted = swb("submit", *config, thai_form_d, "--json")
    assert (submitted.status, submitted.stderr) == (0, "")
    accepted = submitted.value
    assert accepted["certificate_key"] == KEY
    assert accepted["repeated"] is False
    assert set(accepted) == documented_members("swb submit")
    assert {each["severity"] for each in accepted["findings"]} == {"loss", "warn"}

    # The same payload again gives the same document.
    again = swb("submit", *config, thai_form_d, "--json").value
    assert again == {**accepted, "repeated": True, "status": "AS1", "findings": []}

    waiting = swb("status", KEY, *config, "--json").value
    assert waiting["status"] == "AS1"
    assert set(waiting) == documented_members("swb status")
    assert [event["name"] for event in waiting["events"]] == ["AS1"]
    (message,) = waiting["messages"]

    with running(swb, region):
        ended = time.monotonic() + PATIENCE
        value = waiting
        while value["status"] not in {"GIVEN", "NOT GIVEN", "PENDING"}:
            assert time.monotonic() < ended, (region.folder / "log.jsonl").read_text()
            time.sleep(0.2)
            value = swb("status", KEY, *config, "--json").value

        # The response may overtake the acknowledgements, which no order is promised for.
        while {"AS2", "AS3"} - {event["name"] for event in value["events"]}:
            assert time.monotonic() < ended, (region.folder / "log.jsonl").read_text()
            time.sleep(0.2)
            value = swb("status", KEY, *config, "--json").value

    assert value["document"]["document_id"] == accepted["document_id"]
    assert {event["name"] for event in value["events"]} >= {"AS1", "AS2", "AS3", "RES-REC"}
    assert {each["message_type"] for each in value["answers"]} >= {
        "RelayReceipt",
        "TransportAck",
        "CustomsReceipt",
        "CustomsResponse",
    }

    # Every kind of reference leads to the same document, on either side of the border.
    for reference in (accepted["document_id"], message["message_id"], KEY):
        for gateway in region.gateways.values():
            found = swb("status", reference, "--config", gateway, "--json").value
            assert found["document"]["document_id"] == accepted["document_id"]
            assert found["status"] == value["status"]

    told = swb("status", KEY, *config).stdout.decode()
    assert told.startswith(f"{value['status']}: CertificateIssue {KEY}\n")
    assert "urn:swb:party:VN:customs" in told


def test_a_config_may_come_from_the_environment(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    payload = thai_form_d.read_bytes().replace(NUMBER, b"D2026-0000001")
    env = {"SWB_CONFIG": str(region.gateways["TH"])}
    ran = swb("submit", "-", stdin=payload, env=env)
    assert ran.status == 0
    assert ran.stdout.decode().startswith("accepted: CertificateIssue\n")
    assert swb("status", "TH:NTB01:D2026-0000001", env=env).status == 0


def test_a_number_with_a_slash_is_found_however_it_is_spelled(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    config = ("--config", region.gateways["TH"])
    payload = thai_form_d.read_bytes().replace(NUMBER, b"TH/2026/17")
    key = swb("submit", *config, "-", "--json", stdin=payload).value["certificate_key"]
    assert key == "TH:NTB01:TH%2F2026%2F17"
    for reference in (key, "TH:NTB01:TH/2026/17"):
        assert swb("status", reference, *config).status == 0


def test_a_cancellation_is_told_as_what_it_is(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    config = ("--config", region.gateways["TH"])
    key = "TH:NTB01:D2026-0000005"
    issue = thai_form_d.read_bytes().replace(NUMBER, b"D2026-0000005")
    told = swb("submit", *config, "-", stdin=issue).stdout.decode().splitlines()
    assert told[1].split() == ["key", key]
    sample = thai_form_d.with_name("cancellation.xml").read_bytes()
    cancellation = sample.replace(NUMBER, b"D2026-0000005").replace(
        b"<IssuingOffice>DFT<", b"<IssuingOffice>NTB01<"
    )
    checked = swb("check", "--from", "thailand", "-", stdin=cancellation)
    assert f"Cancellation about {key}, judged".encode() in checked.stdout
    ran = swb("submit", *config, "-", stdin=cancellation)
    assert (ran.status, ran.stdout.decode().splitlines()[1].split()) == (0, ["about", key])
    shown = swb("status", key, *config).stdout.decode()
    (event,) = re.findall(r"^  \S+Z +CANCELLATION  (.*)$", shown, re.MULTILINE)
    assert event.startswith("no. 1  ")
    tables = re.split(r"\n\n(?:events|answers|messages)\n", shown)[1:]
    times = [[row.split()[0] for row in table.splitlines()] for table in tables]
    assert len(times) == 3
    assert {len(each) for table in times for each in table} == {len("2026-11-22T22:33:00.990Z")}
    assert all(table == sorted(table) for table in times)


def test_refuses_a_payload_with_its_places(swb: Program, region: Region, thai_form_d: Path) -> None:
    payload = thai_form_d.read_bytes().replace(b"1250.5", b"1250,5", 1)
    ran = swb("submit", "--config", region.gateways["TH"], "-", "--json", stdin=payload)
    assert ran.status == 1
    assert any("GoodsItem[1]" in each["national_path"] for each in ran.failure["findings"])


def test_refuses_the_certificate_again_from_another_payload(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    config = ("--config", region.gateways["TH"])
    first = thai_form_d.read_bytes().replace(NUMBER, b"D2026-0000002")
    assert swb("submit", *config, "-", stdin=first).status == 0
    second = first.replace(b"MV EXAMPLE STAR", b"MV EXAMPLE MOON")
    assert second != first
    ran = swb("submit", *config, "-", "--json", stdin=second)
    assert (ran.status, ran.failure["code"]) == (1, "submission.certificate_exists")


def test_refuses_a_foreign_state_s_certificate(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    ran = swb("submit", "--config", region.gateways["VN"], thai_form_d, "--json")
    assert ran.status == 1
    assert ran.failure["actor"] == "sender"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("TH:NTB01:D2026-9999999", "reference.unknown"),
        ("01a20162-58fb-77e7-ae47-75b1ce8b1cb6", "reference.unknown"),
        ("nonsense", "reference.unknown"),
        ("TH:D2026", "certificate_key.malformed"),
    ],
)
def test_says_that_a_reference_is_not_known(
    swb: Program, region: Region, reference: str, code: str
) -> None:
    ran = swb("status", reference, "--config", region.gateways["TH"], "--json")
    assert (ran.status, ran.failure["code"]) == (1, code)


def test_a_wrong_configuration_is_refused_by_key(swb: Program, tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('[party]\nstate = "TH"\nenviroment = "test"\n', encoding="utf-8")
    for command in (("submit", "--config", config, "-"), ("status", KEY, "--config", config)):
        ran = swb(*command, "--json")
        assert (ran.status, ran.failure["code"]) == (1, "config.invalid")
        assert ran.failure["actor"] == "operator"
        messages = [each["message"] for each in ran.failure["findings"]]
        assert any("did you mean 'environment'" in each for each in messages)


def test_a_store_that_cannot_be_opened_is_unavailable(
    swb: Program, region: Region, tmp_path: Path
) -> None:
    text = region.gateways["TH"].read_text(encoding="utf-8")
    (tmp_path / "broken.db").write_bytes(
        b"this is no database, and long enough to be sure of it" * 9
    )
    config = tmp_path / "gateway.toml"
    config.write_text(text.replace("store/TH.db", "broken.db"), encoding="utf-8")
    ran = swb("status", KEY, "--config", config, "--json")
    assert ran.status == 4
    assert ran.failure["code"].startswith("store.")
    assert ran.failure["final"] is False


def test_a_missing_key_is_unavailable(
    swb: Program, region: Region, tmp_path: Path, thai_form_d: Path
) -> None:
    text = region.gateways["TH"].read_text(encoding="utf-8")
    config = tmp_path / "gateway.toml"
    config.write_text(text, encoding="utf-8")
    ran = swb("submit", "--config", config, thai_form_d, "--json")
    assert (ran.status, ran.failure["code"]) == (4, "signer.unavailable")


@pytest.mark.parametrize("command", [("submit", "-"), ("status", KEY)])
def test_needs_a_configuration(swb: Program, command: tuple[str, ...]) -> None:
    ran = swb(*command, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
    assert "--config" in ran.failure["message"]
