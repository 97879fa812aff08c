"""What is in ``deploy/``: units that systemd takes, alarms that rest on what is measured.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_deploy.py`` writes the rules for Prometheus anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from swb.config import load_config
from swb.metrics import METRICS
from swb.metrics.table import LABELS
from tests.alarms import METRIC, RULES, RUNBOOK, build_rules, load_alarms, metrics_of
from tests.services import ROOT, miss

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY: Final = ROOT / "deploy"
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())
COMPOSE: Final = DEPLOY / "container" / "compose.yml"
HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)


# --- alarms ------------------------------------------------------------------------------------


def test_the_rules_are_made_of_the_alarms() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        RULES.write_text(build_rules(), encoding="utf-8")
    assert RULES.read_text(encoding="utf-8") == build_rules(), "SWB_WRITE_DOCS=1"


def test_every_alarm_rests_on_metrics_and_labels_of_the_table() -> None:
    known = {each.name: each for each in METRICS}
    for alarm in load_alarms():
        labels = {"job", "instance"}
        for name in metrics_of(alarm):
            assert name in known or name == "process_resident_memory_bytes", (alarm.name, name)
            if name in known:
                labels |= set(known[name].labels)
        used = set(re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"", alarm.expr))
        used |= set(re.findall(r"\$labels\.([a-z]+)", alarm.summary))
        assert used <= labels, alarm.name
        assert used - {"job", "instance"} <= set(LABELS), alarm.name
        assert metrics_of(alarm) or alarm.expr.startswith("up{"), alarm.name
        assert METRIC.search(alarm.expr) or alarm.expr.startswith("up{")
        assert alarm.severity in {"page", "ticket"}


def test_every_alarm_has_one_section_in_the_runbook_and_every_section_is_an_alarms() -> None:
    page = RUNBOOK.read_text(encoding="utf-8")
    assert HEADING.findall(page) == [each.name for each in load_alarms()]
    sections = re.split(r"^## .+$", page, flags=re.MULTILINE)[1:]
    for alarm, section in zip(load_alarms(), sections, strict=True):
        for part in ("**Means:**", "**Look:**", "**Do:**"):
            assert part in section, (alarm.name, part)
        assert f"*{alarm.severity}*" in section, alarm.name


# --- systemd -----------------------------------------------------------------------------------


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """As they are, but for the program, which is not installed where they look for it."""
    if shutil.which("systemd-analyze") is None:
        miss("systemd-analyze", "systemd")
    true = shutil.which("true")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/usr/bin/swb", str(true))
        name = unit.name.replace("@.", "@gateway-TH.")
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "swb" in line]
    assert (done.returncode, ours) == (0, [])


def test_units_give_no_rights_that_nobody_needs() -> None:
    needed = {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "User=swb"}
    for unit in UNITS:
        if unit.suffix == ".service":
            assert needed <= set(unit.read_text(encoding="utf-8").splitlines()), unit.name


# --- containers --------------------------------------------------------------------------------


def test_images_are_named_by_version() -> None:
    for file in (COMPOSE, DEPLOY / "container" / "Containerfile"):
        text = file.read_text(encoding="utf-8").replace("${PYTHON}", "3.11.13-slim-bookworm")
        images = re.findall(r"^(?:FROM| +image:) (docker\.io/\S+)", text, re.MULTILINE)
        assert images
        for image in images:
            assert re.fullmatch(r"docker\.io/[a-z/-]+:v?\d+\.\d+.*", image), image


def test_what_compose_mounts_is_here_or_made_by_the_page() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    mounted = re.findall(r"(?:- |file: )(\.\.?/[^\s:]+)", text)
    assert mounted
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    for place in mounted:
        if place.startswith("./run/"):
            assert place.removeprefix("./run/").partition("/")[0] in page, place
        else:
            assert (COMPOSE.parent / place).exists(), place


@pytest.mark.parametrize("file", sorted((DEPLOY / "container" / "config").iterdir()), ids=str)
def test_configurations_for_containers_are_valid(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWB_AMQP_URL", "amqp://swb:x@rabbit-1:5672")
    config = load_config(file)
    assert config.health is not None
    assert config.health.port == 8600
