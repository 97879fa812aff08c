"""The exporter's consent gates an extract on its whole road: command, drop folder, other state."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.sandbox.region import Region, lay_out_region
from swb.simulator.declaring import draw_extract, list_exporters
from swb.simulator.issuing import draw_certificate
from swb_adapters.thailand import ADAPTER as THAILAND
from tests.acceptance.test_submit_and_status import PATIENCE, running

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.documents import DeclarationExtract
    from tests.acceptance.program import Program

NOBODY: Final = "0105500099999"
"""An exporter of whom no table says anything."""
MARK: Final = b"</DocumentControl>"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Thailand and Viet Nam; every simulated exporter of either consents."""
    folder = tmp_path_factory.mktemp("consent")
    return asyncio.run(lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=2))


def extract_of(exporter: str, serial: int) -> DeclarationExtract:
    today = datetime.now(UTC).date()
    certificate = draw_certificate(
        exporting="TH", importing="VN", serial=serial, seed=7, on=today, items=1
    )
    extract = draw_extract(certificate, serial=serial, seed=7, on=today)
    told = extract.exporter.model_copy(update={"identifier": exporter})
    return extract.model_copy(update={"exporter": told})


def payload_of(extract: DeclarationExtract, answer: bytes = b"") -> bytes:
    """What the Thai single window hands in; it may say whether the exporter consents."""
    raw = THAILAND.from_canonical(extract).payload
    said = b"<ExporterConsent>%s</ExporterConsent>" % answer if answer else b""
    return raw.replace(MARK, MARK + said)


def test_an_extract_leaves_with_consent_only_and_arrives_without_a_word_of_it(
    swb: Program, region: Region
) -> None:
    config = ("--config", region.gateways["TH"])
    (consenting, *_), *_ = list_exporters("TH")
    unheard, refusing = extract_of(NOBODY, 1), extract_of(consenting, 2)
    for payload in (payload_of(unheard), payload_of(refusing, b"N")):
        ran = swb("submit", *config, "-", "--json", stdin=payload)
        assert (ran.status, ran.failure["code"]) == (1, "consent.missing")
        (finding,) = ran.failure["findings"]
        assert finding["national_path"].endswith("Exporter/RegistrationNumber")
        assert NOBODY not in ran.stdout.decode() + ran.stderr

    said, recorded = extract_of(NOBODY, 3), extract_of(consenting, 4)
    sent = [
        swb("submit", *config, "-", "--json", stdin=payload).value["certificate_key"]
        for payload in (payload_of(said, b"Y"), payload_of(recorded))
    ]
    door = region.drop_folder("TH") / "in"
    door.mkdir(parents=True, exist_ok=True)
    part = door / "extract.part"
    part.write_bytes(payload_of(unheard))
    part.replace(door / "extract.xml")
    with running(swb, region):
        ended = time.monotonic() + PATIENCE
        waiting = set(sent)
        while waiting or not (door / "refused" / "extract.xml").exists():
            assert time.monotonic() < ended, (region.folder / "log.jsonl").read_text()
            time.sleep(0.2)
            for key in sorted(waiting):
                if swb("status", key, *config, "--json").value["status"] == "RES-REC":
                    waiting.remove(key)
    told = swb("status", sent[0], *config, "--json").value
    assert told["document"]["message_type"] == "DeclarationExtract"
    assert told["waiting"] is None
    assert swb("status", str(unheard.key), *config).status == 1
    assert_nothing_of_consent(region.drop_folder("VN"), count=len(sent))


def assert_nothing_of_consent(folder: Path, *, count: int) -> None:
    """The other state has the extracts, and what was between exporter and authority it has not."""
    arrived = [path.read_bytes() for path in (folder / "taken").iterdir()]
    extracts = [raw for raw in arrived if b"<ExportDeclaration>" in raw]
    assert len(extracts) == count
    assert not [raw for raw in arrived if b"onsent" in raw]
