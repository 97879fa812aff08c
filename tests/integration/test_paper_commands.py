"""``swb paper`` and ``swb outage``: entered in the audit trail first, and not done without it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from swb.app import open_node
from swb.cli.entry import main
from swb.config import load_config
from tests.integration.daemons import lay_out

if TYPE_CHECKING:
    from pathlib import Path

KEY = "VN:NTB01:1"
_FULL = """
create trigger full before insert on entries
begin select raise(abort, 'disk I/O error'); end
"""


@dataclass
class Office:
    """A gateway whose people record paper."""

    config: Path
    audit: Path
    capfd: pytest.CaptureFixture[str]

    def run(self, *arguments: str, of: str = "paper") -> tuple[int, dict[str, Any]]:
        status = main([of, *arguments, "--config", str(self.config), "--json"])
        value: dict[str, Any] = json.loads(self.capfd.readouterr().out)
        return int(status), value

    def record(self, key: str = KEY) -> tuple[int, dict[str, Any]]:
        return self.run("record", key, "--on", "2026-11-20", "--declaration", "D-1")

    def withdraw(self, key: str = KEY) -> tuple[int, dict[str, Any]]:
        return self.run("withdraw", key, "--reason", "typed wrongly")

    def uses(self) -> list[str]:
        return [each["certificate_key"] for each in self.run("list")[1]["uses"]]

    def entries(self) -> list[tuple[str, str, str]]:
        asked = "select action, subject, detail from entries where action like 'paper%'"
        with closing(sqlite3.connect(self.audit)) as trail:
            return trail.execute(asked).fetchall()

    def fill_disk(self) -> None:
        with closing(sqlite3.connect(self.audit)) as trail:
            trail.execute(_FULL)


@pytest.fixture
def office(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Office:
    async def begin() -> Path:
        config = (await lay_out(tmp_path, log=False)).gateways["TH"]
        async with open_node(load_config(config)):
            return config

    config = asyncio.run(begin())
    (audit,) = (each for each in tmp_path.rglob("*.audit.db") if each.name.lower()[:2] == "th")
    return Office(config, audit, capfd)


def test_each_use_is_entered_once_and_what_is_refused_or_repeated_is_not(office: Office) -> None:
    assert [office.record()[0], office.record()[0]] == [0, 0]
    assert office.withdraw("VN:NTB01:2")[0] == 1
    assert [office.withdraw()[0], office.withdraw()[0]] == [0, 1]
    assert office.entries() == [
        ("paper record", KEY, "2026-11-20 D-1"),
        ("paper withdraw", KEY, "typed wrongly"),
    ]


def test_nothing_is_recorded_that_cannot_be_entered(office: Office) -> None:
    assert office.record()[0] == 0
    office.fill_disk()
    status, told = office.record("VN:NTB01:2")
    assert (status, told["code"]) == (4, "audit.unavailable")
    assert office.uses() == [KEY]


def test_nothing_is_withdrawn_that_cannot_be_entered(office: Office) -> None:
    assert office.record()[0] == 0
    office.fill_disk()
    status, told = office.withdraw()
    assert (status, told["code"]) == (4, "audit.unavailable")
    assert office.uses() == [KEY]


def test_no_outage_is_declared_or_ended_that_cannot_be_entered(office: Office) -> None:
    status, notice = office.run("declare", "--with", "VN", "--reason", "network", of="outage")
    assert status == 0, notice
    office.fill_disk()
    again = office.run("declare", "--with", "VN", "--reason", "network", of="outage")
    ended = office.run("end", notice["notice_id"], of="outage")
    for status, told in (again, ended):
        assert (status, told["code"]) == (4, "audit.unavailable")
    (kept,) = office.run("list", of="outage")[1]["notices"]
    assert (kept["notice_id"], kept["to"]) == (notice["notice_id"], None)
