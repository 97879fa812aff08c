"""``swb adapters``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.plugins import discover_adapters

if TYPE_CHECKING:
    from tests.acceptance.program import Program


def test_lists_adapters_with_what_they_can_do(swb: Program) -> None:
    ran = swb("adapters", "list", "--json")
    assert (ran.status, ran.stderr) == (0, "")
    adapters = {each["name"]: each for each in ran.value["adapters"]}
    assert set(adapters) >= {"thailand", "vietnam"}
    for adapter in (adapters["thailand"], adapters["vietnam"]):
        assert adapter["distribution"] == "single-window-broker"
        assert adapter["provenance"] == "simulated"
        directions = {each["message_type"]: each["directions"] for each in adapter["messages"]}
        assert directions["CertificateIssue"] == ["to canonical", "from canonical"]


def test_lists_adapters_for_people(swb: Program) -> None:
    ran = swb("adapters", "list")
    assert ran.status == 0
    told = ran.stdout.decode().splitlines()
    for name in ("thailand", "vietnam"):
        info = discover_adapters().get(name).info
        (line,) = (each for each in told if each.startswith(f"{name} {info.version}  ("))
        assert "(single-window-broker " in line
        assert line.endswith(f"; {info.provenance})")
    assert "CertificateIssue" in ran.stdout.decode()


def test_a_group_alone_is_a_usage_error(swb: Program) -> None:
    ran = swb("adapters")
    assert (ran.status, ran.stdout) == (2, b"")
    assert "expected one of the commands diff, docs, list, new, test" in ran.stderr
