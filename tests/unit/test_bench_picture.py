"""A picture's ratios, targets and changes are pure; the stored one is a picture."""

from __future__ import annotations

import json
import re
from importlib.metadata import requires
from typing import TYPE_CHECKING

import pytest

from swb.cli.bench_showing import spell_changes, spell_picture
from swb.sandbox.bench.machine import LIBRARIES
from swb.sandbox.bench.picture import Picture, load_picture
from swb.sandbox.bench.targets import ASKED_OF_GROWTH as GROWTH
from swb.sandbox.bench.targets import compare_pictures, find_case, judge, list_ratios
from swb.sandbox.bench.whole import Extent, estimate_minutes, spell_command
from swb.sandbox.bench.work import ROAD_WORK, add_up_work
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

LATENCY = {"median_seconds": 0.03, "p95_seconds": 0.05, "p99_seconds": 0.06}
FLOOR = "one ECDSA signature"


def side(rate: float, **more: object) -> dict[str, object]:
    return {
        "documents_per_second": rate,
        "runs": [rate],
        "latency_at_half_load": LATENCY,
        "latency_at_full_load": LATENCY,
        "cpu_seconds_per_document": {"router": 0.001},
        **more,
    }


def step(microseconds: float, ratio: float) -> dict[str, object]:
    return {
        "microseconds": microseconds,
        "processor_microseconds": microseconds,
        "floor": FLOOR,
        "floor_microseconds": microseconds / ratio,
        "ratio": ratio,
    }


def make(road: float = 300.0, sign: float = 2.0, **more: object) -> Picture:
    every = sorted({name for work in ROAD_WORK for name in (*work.steps, *work.secret)})
    steps = {name: step(100, 1.5) for name in every} | {"sign": step(100, sign)}
    case = {
        "documents": 300,
        "items": 3,
        "protected": False,
        "evidence": True,
        "runs": 1,
        "road": side(
            road,
            ratio_to_bare_pipe=road / 600,
            ratio_to_grouping_pipe=road / 1200,
            latency_ratio_to_bare_pipe={"median": 2.5, "p99": 4.0},
        ),
        "bare_pipe": side(600.0),
        "sizes": {"CertificateIssue": 13_000},
    }
    peer = {"what": "x", "runs": [1], "processes": 2, "octets": 3000, "software": {}}
    return Picture.model_validate(
        {
            "machine": {
                "processors": 2,
                "processor": "some",
                "memory_megabytes": None,
                "system": "Linux",
                "python": "3.11",
                "software": {},
            },
            "run": {"command": "swb bench", "began_at": "2026-01-01T00:00:00Z", "seconds": 60},
            "road": [case],
            "peers": {
                "pyas2lib": {**peer, "documents_per_second": 100.0},
                "plain_pipeline": {**peer, "documents_per_second": 400.0},
            },
            "steps": [
                {"document": "CertificateIssue", "items": 3, "octets": {}, "steps": steps},
                {"document": "TransportAck", "items": 0, "octets": {}, "steps": steps},
            ],
            **more,
        }
    )


def test_lists_the_ratios_of_both_sides_of_one_run() -> None:
    ratios = list_ratios(make())
    assert ratios["road / bare pipe, 3 items, clear"] == 0.5
    assert ratios["median latency at half load, road / bare pipe, 3 items, clear"] == 2.5
    assert ratios["road / pyas2lib, both on all cores"] == 3
    assert ratios["road / plain pipeline, both on all cores"] == 0.75
    assert ratios["sign, outer layer / floor, 3 items"] == 2
    assert ratios["publish / floor, TransportAck"] == 1.5


def test_a_target_is_met_missed_or_not_measured() -> None:
    verdicts = {each.name: each.verdict for each in judge(make(sign=3.1))}
    assert verdicts["road / bare pipe, 3 items, clear"] == "met"
    assert verdicts["road / plain pipeline, both on all cores"] == "missed"
    assert verdicts["sign, outer layer / floor, 3 items"] == "missed"
    assert verdicts["verify, inner layer / floor, 3 items"] == "met"
    assert verdicts["road / bare pipe, 3 items, encrypted"] == "not measured"
    assert verdicts["swb --help / python -c pass"] == "not measured"
    assert {verdicts[f"growth: {name.replace('_', ' ')}"] for name in GROWTH} == {"not measured"}


def test_every_target_names_a_ratio_that_a_whole_picture_has() -> None:
    clear = make().road[0]
    whole = make(
        road=300.0,
        start={
            "python_seconds": 0.01,
            "help_seconds": 0.05,
            "help_ratio_to_python": 5.0,
            "demo_first_document_seconds": 2.0,
            "demo_seconds": 9.0,
            "runs": 1,
        },
        demo={
            "documents": 20,
            "embedded_documents_per_second": 3.0,
            "rabbitmq_documents_per_second": 4.0,
            "embedded_ratio_to_rabbitmq": 0.75,
            "runs": 1,
        },
        growth={"targets": {name: {"found": 1.0, **asked} for name, asked in GROWTH.items()}},
    )
    assert judge(whole)[-1].verdict == "met"
    assert "growth: memory megabytes" not in list_ratios(whole)
    whole = whole.model_copy(update={"road": (clear, clear.model_copy(update={"protected": True}))})
    assert [each.name for each in judge(whole) if each.found is None] == []
    assert find_case(whole, items=3, protected=True) is not None
    assert find_case(whole, items=30, protected=True) is None


def test_changes_are_of_ratios_whatever_else_the_machine_did() -> None:
    earlier, later = make(road=100.0), make(road=300.0)
    changes = {each.name: each for each in compare_pictures(earlier, later)}
    change = changes["road / bare pipe, 3 items, clear"]
    assert change.before == pytest.approx(1 / 6)
    assert change.now == 0.5
    assert change.factor == pytest.approx(3)
    assert changes["seal / floor, TransportAck".replace("seal", "sign, inner layer")].factor == 1
    bare = compare_pictures(later, later.model_copy(update={"road": ()}))
    gone = {each.name: each for each in bare}["road / bare pipe, 3 items, clear"]
    assert (gone.before, gone.now, gone.factor) == (0.5, None, None)
    assert "3.00" in spell_changes(tuple(changes.values()), earlier)


def test_a_document_costs_its_steps_as_often_as_the_road_does_them() -> None:
    clear, encrypted = add_up_work(make().steps)
    assert (clear.items, clear.protected, encrypted.protected) == (3, False, True)
    sender = clear.cpu_seconds_per_document["gateway TH"]
    assert sender["verify_message"] == pytest.approx(3 * 100e-6)
    assert "encrypt" not in sender
    assert encrypted.cpu_seconds_per_document["gateway TH"]["encrypt"] == pytest.approx(100e-6)
    assert encrypted.cpu_seconds_per_document["router"] == clear.cpu_seconds_per_document["router"]
    assert add_up_work(make().steps[:1]) == ()


def test_the_road_has_its_seven_hops() -> None:
    published = sum(work.steps.get("publish", 0) for work in ROAD_WORK)
    assert published == 7


def test_a_machine_names_no_library_that_the_broker_does_not_ask_for() -> None:
    asked = {re.split(r"[^\w-]", each)[0] for each in requires("single-window-broker") or ()}
    assert set(LIBRARIES) <= asked


def test_people_see_every_part_and_every_target() -> None:
    picture = make()
    text = spell_picture(picture.model_copy(update={"work": add_up_work(picture.steps)}))
    for told in ("ROAD, 3 items, clear", "PEERS", "STEPS of a TransportAck", "A FORM D by its"):
        assert told in text
    assert all(target.name in text for target in judge(picture))


def test_what_it_takes_grows_with_the_runs() -> None:
    few, many = (Extent(runs=runs, parts=("road", "steps")) for runs in (2, 7))
    assert estimate_minutes(many) > 2 * estimate_minutes(few) > 0
    assert estimate_minutes(Extent(parts=())) == 0


def test_tells_the_command_that_does_it_again_and_no_address() -> None:
    extent = Extent(parts=("steps", "road"), items=(3,), evidence=False, amqp_url="amqp://a:b@c")
    assert spell_command(extent) == "swb bench --parts road,steps --items 3 --no-evidence"
    assert spell_command(Extent()) == "swb bench"


def test_a_picture_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(make().model_dump()), encoding="utf-8")
    assert load_picture(file) == make()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "its beginning"),
        ("[]", "its beginning"),
        ('{"kind": "swb-bench"}', "machine"),
        ('{"kind": "other", "version": 1}', "kind"),
    ],
)
def test_something_else_is_no_picture(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError, match=place) as refused:
        load_picture(file)
    assert refused.value.code == "bench.no_picture"


def test_a_picture_that_is_not_there_may_come(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as failed:
        load_picture(tmp_path / "missing.json")
    assert failed.value.code == "bench.unreadable"
