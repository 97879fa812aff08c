"""``swb bench catch-up`` measures a backlog beside others; how fast is the machine's matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli_reference import documented_members

if TYPE_CHECKING:
    from tests.acceptance.program import Program


def test_says_what_the_backlog_and_the_others_got(swb: Program) -> None:
    options = ("--waiting", "300", "--seconds", "0.8", "--rate", "25", "--octets", "1000")
    ran = swb("bench", "catch-up", *options, "--share", "0.25", "--json")
    assert ran.status == 0, ran.stderr
    figures = ran.value
    assert set(figures) == documented_members("swb bench catch-up")
    assert (figures["waiting"], figures["share"]) == (300, 0.25)
    assert figures["in_order_of_age"] is True
    assert 0 < figures["measured_share"] <= 1
    assert figures["drained_per_second"]["beside_the_others"] > 0
    assert figures["drained_per_second"]["alone"] > 0
    for side in ("alone", "beside_the_backlog"):
        assert figures["others"][side]["messages_per_second"] > 0
