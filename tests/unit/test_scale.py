"""Plans past one machine: what they can carry is reckoned, how long documents take is simulated.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_scale.py`` writes the tables of the page anew.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from typing import Any, Final

import pytest
from click.testing import CliRunner

from swb.cli.bench_scale import command, describe_demands, describe_figures, describe_steps
from swb.sandbox.bench.scale import (
    CORES,
    LOADED,
    Plan,
    find_work,
    list_stations,
    plan_for,
    read_figures,
)
from swb.sandbox.bench.scale_plans import DEMANDS, Demand, Scale, run_scale
from swb.sandbox.bench.scale_run import find_rest, simulate
from swb_schemas.errors import RefusedError
from tests.services import ROOT

MEASURED: Final = ROOT / "benchmarks" / "growth.json"
PAGE: Final = ROOT / "docs" / "explanation" / "scale.md"
VALUE: Final[dict[str, Any]] = json.loads(MEASURED.read_text(encoding="utf-8"))
FIGURES: Final = read_figures(VALUE)
ONE: Final = Plan(name="one machine", together=True, states=2, near=0)


@pytest.fixture(scope="module")
def scale() -> Scale:
    return run_scale(FIGURES)


# --- what a plan can carry -------------------------------------------------------------------


def test_one_machine_carries_what_its_cores_can_work_off() -> None:
    (machine,) = list_stations(ONE, FIGURES)
    work = find_work(ONE, FIGURES)
    seconds = work.exporting + work.importing + work.router + FIGURES.rabbitmq
    assert machine.capacity == pytest.approx(CORES / seconds)


def test_one_machine_is_reckoned_as_it_was_measured() -> None:
    """The measured rate is below: processes wait for the disk and for each other, too."""
    (machine,) = list_stations(ONE, FIGURES)
    assert 0.5 < FIGURES.rate / machine.capacity <= 1.1


def test_what_is_full_first_comes_first_and_more_of_it_carries_more() -> None:
    plan = Plan(
        name="few routers", nodes=3, routers=1, store_cores=8, gateways=100, gateway_cores=50
    )
    first, *_ = list_stations(plan, FIGURES)
    assert first.name == "routers"
    twice = list_stations(replace(plan, routers=2), FIGURES)
    assert {each.name: each.capacity for each in twice}["routers"] == pytest.approx(
        2 * first.capacity
    )


def test_a_store_on_postgresql_is_work_of_its_clients_and_of_its_own() -> None:
    plan = Plan(name="routers", nodes=3, routers=2)
    on_sqlite = {each.name: each.seconds for each in list_stations(plan, FIGURES)}
    shared = list_stations(replace(plan, store_cores=2), FIGURES)
    on_postgres = {each.name: each.seconds for each in shared}
    assert on_sqlite["routers"] == FIGURES.on_sqlite.router
    assert on_postgres["routers"] == FIGURES.on_postgres.router
    assert set(on_postgres) - set(on_sqlite) == {"the routers' store"}


def test_what_crosses_a_border_of_regions_is_work_in_both() -> None:
    plan = Plan(name="regions", nodes=3, routers=2, store_cores=2, partitions=2)
    at_home = {each.name: each.seconds for each in list_stations(plan, FIGURES)}
    half = {each.name: each.seconds for each in list_stations(replace(plan, abroad=0.5), FIGURES)}
    assert half.pop("the largest state's gateway") == at_home.pop("the largest state's gateway")
    assert half == {name: pytest.approx(1.5 * seconds) for name, seconds in at_home.items()}


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda demand: demand.name)
def test_a_plan_for_a_demand_is_half_full_at_most(demand: Demand) -> None:
    plan = plan_for(
        demand.rate,
        FIGURES,
        name=demand.name,
        states=demand.states,
        largest=demand.largest,
        abroad=demand.abroad,
    )
    first, *_ = list_stations(plan, FIGURES)
    assert demand.rate <= LOADED * first.capacity * 1.0001


# --- how long documents take -----------------------------------------------------------------


def test_the_same_figures_give_the_same_result() -> None:
    assert simulate(ONE, FIGURES, rate=10, documents=200) == simulate(
        ONE, FIGURES, rate=10, documents=200
    )


def test_an_idle_plan_takes_the_work_and_the_way() -> None:
    plan = Plan(name="idle", near=0.5)
    found = simulate(plan, FIGURES, rate=0.01, documents=200)
    assert 2.0 < found.median < 2.2


def test_what_comes_faster_than_it_can_be_worked_off_piles_up() -> None:
    (machine,) = list_stations(ONE, FIGURES)
    calm = simulate(ONE, FIGURES, rate=machine.capacity / 2, documents=1000)
    flood = simulate(ONE, FIGURES, rate=machine.capacity * 2, documents=1000)
    assert flood.median > 10 * calm.median


def test_the_measured_latency_is_simulated_once_the_rest_is_known() -> None:
    rest = find_rest(FIGURES)
    assert rest > 0
    found = simulate(ONE, FIGURES, rate=FIGURES.half_rate, rest=rest)
    assert found.median == pytest.approx(FIGURES.latency)


def test_what_crosses_a_border_of_regions_takes_longer() -> None:
    plan = Plan(name="regions", nodes=3, routers=2, store_cores=2, partitions=2, states=20)
    at_home = simulate(plan, FIGURES, rate=10, documents=300)
    abroad = simulate(replace(plan, abroad=1.0), FIGURES, rate=10, documents=300)
    assert abroad.median - at_home.median > 2 * plan.far


# --- figures and command ---------------------------------------------------------------------


def test_figures_are_read_out_of_the_whole_picture_too() -> None:
    assert read_figures({"road": {}, "growth": VALUE}) == FIGURES


@pytest.mark.parametrize("part", ["store", "memory"])
def test_figures_without_a_part_are_refused(part: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        read_figures({name: each for name, each in VALUE.items() if name != part})
    assert refusal.value.code == "bench.figures"
    assert part in refusal.value.message


@pytest.mark.parametrize("octets", [b"not JSON", b"[]"], ids=["no JSON", "a list"])
def test_the_command_refuses_what_holds_no_figures(octets: bytes) -> None:
    ran = CliRunner().invoke(command, ["--figures", "-"], input=octets, standalone_mode=False)
    assert isinstance(ran.exception, RefusedError)
    assert ran.exception.code == "bench.figures"


def test_every_step_carries_more_than_the_one_before(scale: Scale) -> None:
    rates = [each.capacity for each in scale.steps]
    assert rates == sorted(rates)
    assert json.loads(json.dumps(scale.value))["steps"][0]["full_first"] == "the machine"


# --- the page --------------------------------------------------------------------------------

TABLES: Final = {
    "figures": describe_figures,
    "steps": describe_steps,
    "demands": describe_demands,
}


def test_the_tables_of_the_page_are_those_of_the_simulation(scale: Scale) -> None:
    page = PAGE.read_text(encoding="utf-8")
    built = page
    for name, describe in TABLES.items():
        marked = re.compile(rf"(<!-- {name} -->\n\n).*?(<!-- end -->)", re.DOTALL)
        assert marked.search(built), name
        table = describe(scale)
        built = marked.sub(rf"\g<1>{table}\n\n\g<2>", built)
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(built, encoding="utf-8")
        page = built
    assert page == built, "SWB_WRITE_DOCS=1"
