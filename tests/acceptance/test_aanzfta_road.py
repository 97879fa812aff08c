"""The published AANZFTA certificate crosses from Australia to Singapore on the whole road."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.region import lay_out_region
from swb_adapters.aanzfta import ADAPTER as AANZFTA
from swb_schemas.xml.codec import encode
from tests.acceptance.test_submit_and_status import running
from tests.services import find_samples

if TYPE_CHECKING:
    from pathlib import Path

    from swb.sandbox.region import Region
    from tests.acceptance.program import Program

PATIENCE = 30.0
KEY = "AU:AANZFTA:23343"


@pytest.fixture
def certificate() -> Path:
    return find_samples() / "aanzfta" / "full.json"


def lay_out(folder: Path, *, singapore: list[str]) -> Region:
    """A region of both states, in which Singapore's single window speaks the given formats."""
    region = asyncio.run(lay_out_region(folder, states=("AU", "SG"), at=datetime.now(UTC), seed=2))
    for file in (region.gateways["SG"], region.authorities["SG"]):
        text = file.read_text()
        assert 'adapters = ["aanzfta", "canonical"]' in text
        file.write_text(
            text.replace(
                'adapters = ["aanzfta", "canonical"]', f"adapters = {json.dumps(singapore)}"
            )
        )
    return region


@pytest.mark.parametrize(
    ("singapore", "suffix"), [(["aanzfta", "canonical"], ".json"), (["canonical"], ".xml")]
)
def test_crosses_from_australia_to_singapore(
    swb: Program, tmp_path: Path, certificate: Path, singapore: list[str], suffix: str
) -> None:
    region = lay_out(tmp_path / "region", singapore=singapore)
    config = ("--config", region.gateways["AU"])
    submitted = swb("submit", *config, certificate, "--json")
    assert submitted.status == 0, submitted.stderr
    assert submitted.value["certificate_key"] == KEY
    assert {each["severity"] for each in submitted.value["findings"]} <= {"loss", "warn"}
    with running(swb, region):
        ended = time.monotonic() + PATIENCE
        status = ""
        while status not in {"GIVEN", "NOT GIVEN", "PENDING"}:
            assert time.monotonic() < ended, (region.folder / "log").read_text()
            time.sleep(0.3)
            status = swb("status", KEY, *config, "--json").value["status"]
    taken = [
        path
        for path in (region.drop_folder("SG") / "taken").iterdir()
        if path.name.endswith(f".CertificateIssue{suffix}")
    ]
    assert len(taken) == 1
    sent = AANZFTA.to_canonical(certificate.read_bytes()).document
    got = taken[0].read_bytes()
    if suffix == ".xml":
        assert got == encode(sent)
    else:
        assert encode(AANZFTA.to_canonical(got).document) == encode(sent)
