"""The alarms of ``deploy/prometheus/alarms.toml``: what Prometheus is given is made of them."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tests.services import ROOT

__all__ = ["RULES", "RUNBOOK", "Alarm", "build_rules", "load_alarms", "metrics_of"]

FOLDER: Final = ROOT / "deploy" / "prometheus"
RULES: Final = FOLDER / "swb-alarms.yml"
RUNBOOK: Final = ROOT / "docs" / "how-to" / "runbook.md"
METRIC: Final = re.compile(r"\b(?:swb|process)_[a-z_]+\b")
SUFFIX: Final = re.compile(r"_(bucket|sum|count)$")

HEAD: Final = """\
# Made of alarms.toml by tests/unit/test_deploy.py (SWB_WRITE_DOCS=1); what to do about each is in
# docs/how-to/runbook.md.
groups:
  - name: single-window-broker
    rules:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm.

    Attributes:
        name: In the runbook, too.
        expr: PromQL; fires while it is not empty.
        wait: How long it must hold before.
        severity: ``page``: somebody is woken; ``ticket``: within a working day.
        summary: One line, with Prometheus's templates.
    """

    name: str
    expr: str
    wait: str
    severity: str
    summary: str


@lru_cache
def load_alarms() -> tuple[Alarm, ...]:
    """Every alarm, in the order of the runbook."""
    told = tomllib.loads((FOLDER / "alarms.toml").read_text(encoding="utf-8"))
    return tuple(Alarm(**each) for each in told["alarm"])


def metrics_of(alarm: Alarm) -> set[str]:
    """Names of the metrics that an alarm rests on, as in the table."""
    return {SUFFIX.sub("", name) for name in METRIC.findall(alarm.expr)}


def build_rules() -> str:
    """The file for Prometheus. A JSON string is a YAML string."""
    parts = [HEAD]
    for each in load_alarms():
        anchor = each.name.lower()
        parts.append(
            f"      - alert: {each.name}\n"
            f"        expr: {json.dumps(each.expr)}\n"
            f"        for: {each.wait}\n"
            f"        labels:\n"
            f"          severity: {each.severity}\n"
            f"        annotations:\n"
            f"          summary: {json.dumps(each.summary)}\n"
            f"          runbook: docs/how-to/runbook.md#{anchor}\n"
        )
    return "".join(parts)
