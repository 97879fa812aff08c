"""A gateway that is deaf, noisy or believes everything passes nothing that it should not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.cli.conformance_material import prepare_material
from swb.clock import SystemClock
from swb_conformance.live import (
    KINDS,
    NoAct,
    Patience,
    Stage,
    list_cases,
    list_plays,
    load_material,
)
from swb_conformance.testing import Status
from tests.conformance.live.fakes import CredulousWire, DeafWire, NoisyWire
from tests.conformance.live.test_own_gateway import Line

if TYPE_CHECKING:
    from pathlib import Path

    from swb_conformance.live import Material, Wire

HASTY = Patience(answer=0.05, act=0.05, quiet=0.02)
EXCHANGED = ("CertificateIssue-ATIGA", "DeclarationExtract", "PhytosanitaryCertificate-IPPC")
"""One that is decided on, one that is received only, one that is taken back by its status."""
PLAYS = list_plays("gateway", [KINDS[name] for name in EXCHANGED])
ALONE = [play.name for play in PLAYS if not play.acts]
WRONG = [play.name for play in PLAYS if play.negative and not play.acts]


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("material")
    prepare_material(
        folder,
        tested="TH",
        at=SystemClock().now(),
        adapters=["thailand"],
        kinds=EXCHANGED,
    )
    return load_material(folder)


def play(material: Material, wire: Wire, name: str) -> Status:
    stage = Stage(material=material, wire=wire, act=NoAct(), patience=HASTY)
    (case,) = (each for each in list_cases("gateway", stage) if each.name == name)
    return case.try_on(Line()).status


@pytest.mark.parametrize("name", ALONE)
def test_a_deaf_gateway_passes_nothing(material: Material, name: str) -> None:
    assert play(material, DeafWire(), name) is Status.FAILED


def test_a_noisy_gateway_passes_nothing(material: Material) -> None:
    stage = Stage(material=material, wire=NoisyWire(), act=NoAct(), patience=HASTY)
    (case,) = (
        each
        for each in list_cases("gateway", stage)
        if each.name == "gateway/incoming/CertificateIssue-ATIGA/acknowledges-it"
    )
    assert case.try_on(Line()).status is Status.FAILED


@pytest.mark.parametrize("name", WRONG)
def test_a_credulous_gateway_passes_nothing_that_is_wrong(material: Material, name: str) -> None:
    assert play(material, CredulousWire(material), name) is Status.FAILED


@pytest.mark.parametrize("name", [play.name for play in PLAYS if play.acts])
def test_what_needs_the_national_side_never_passes_without_it(
    material: Material, name: str
) -> None:
    assert play(material, DeafWire(), name) is not Status.PASSED


def test_the_keys_are_the_same_each_time_where_that_is_asked_for(tmp_path: Path) -> None:
    at = SystemClock().now()
    bundles = []
    for name in ("one", "other"):
        prepare_material(tmp_path / name, tested="VN", at=at, adapters=["vietnam"], seed=b"x")
        roots = load_material(tmp_path / name).trust.roots
        bundles.append({state: [each.der for each in of] for state, of in roots.items()})
    assert bundles[0] == bundles[1]
