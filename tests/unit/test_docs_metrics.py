"""The page on metrics is made of their table and of the alarms that rest on them.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_metrics.py`` writes it anew.
"""

from __future__ import annotations

import os
import re
from typing import Final

from swb.metrics import METRICS, Kind
from swb.metrics.table import LABELS
from tests.alarms import load_alarms, metrics_of
from tests.services import ROOT

PAGE: Final = ROOT / "docs" / "reference" / "metrics.md"

HEAD: Final = """\
# Metrics

`/metrics` is served where `[health]` listens, by default on loopback alone, in the form that
Prometheus reads; `metrics = false` turns it off, and then nothing is measured. A process that runs
several daemons tells them apart by `node`. Beside these there are `process_cpu_seconds_total`,
`process_resident_memory_bytes`, `process_open_fds` and the other `process_*` of Prometheus's
client library. This page is made of `swb.metrics.table` and of `deploy/prometheus/alarms.toml`;
names, units and labels are stable. No label holds an id, a number of a certificate or personal
data; each is bounded as the second table says.

| metric | kind | unit | labels | meaning | alarms |
|---|---|---|---|---|---|
"""


def build_page() -> str:
    """The page as table and alarms say it."""
    parts = [HEAD]
    for each in METRICS:
        labels = ", ".join(f"`{label}`" for label in each.labels)
        alarms = ", ".join(
            f"[{alarm.name}](../how-to/runbook.md#{alarm.name.lower()})"
            for alarm in load_alarms()
            if each.name in metrics_of(alarm)
        )
        cells = (f"`{each.name}`", each.kind, each.unit, labels, each.meaning, alarms)
        parts.append(f"| {' | '.join(cells)} |\n")
    parts.append("\n## Labels\n\n| label | holds |\n|---|---|\n")
    parts += [f"| `{name}` | {held} |\n" for name, held in LABELS.items()]
    return "".join(parts)


def test_the_page_is_made_of_the_table() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_names_say_kind_and_unit_as_prometheus_asks() -> None:
    for each in METRICS:
        assert re.fullmatch(r"swb_[a-z_]+", each.name)
        assert each.name.endswith("_total") == (each.kind is Kind.COUNTER), each.name
        assert ("seconds" in each.name) == (each.unit == "seconds"), each.name
        assert each.meaning.endswith("."), each.name
    assert len({each.name for each in METRICS}) == len(METRICS)


def test_every_label_is_explained_and_every_explanation_is_used() -> None:
    assert {label for each in METRICS for label in each.labels} == set(LABELS)
