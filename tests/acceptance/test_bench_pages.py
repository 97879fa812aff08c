"""``swb bench pages``: each question by name, with its time; a failure where one takes too long."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from swb.backends.postgres.node import find_postgres
from swb.cli.bench_pages import describe_pages_bench
from swb.sandbox.bench.pages import QUESTIONS, Asked, PagesBench
from tests.services import miss

if TYPE_CHECKING:
    from tests.acceptance.program import Program

FAST = Asked(question=QUESTIONS[0], median=0.001, p95=0.002, longest=0.003)


def test_measures_each_question_on_a_private_server(swb: Program) -> None:
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")
    ran = swb("bench", "pages", "--documents", "200", "--times", "2", "--json")
    told = json.loads(ran.stdout)
    assert [each["name"] for each in told["questions"]] == [each.name for each in QUESTIONS]
    assert told["documents"] == 200
    assert told["facts"] > 800


def test_refuses_a_question_that_nobody_asks(swb: Program) -> None:
    assert swb("bench", "pages", "--question", "the weather").status == 2


def test_fails_where_a_question_takes_longer_than_it_may() -> None:
    bench = PagesBench(documents=1, facts=1, fill_seconds=1, count_seconds=1, asked=[FAST])
    assert describe_pages_bench(bench).failure is None
    slow = describe_pages_bench(replace(bench, asked=[FAST, replace(FAST, p95=0.051)]))
    assert slow.failure is not None
    assert slow.failure.code == "bench.too_slow"
    assert slow.text.count("TOO LONG") == 1
