"""The road of a certificate is told in words, whatever happens to it."""

from __future__ import annotations

import pytest

from swb.core.lifecycle import DECISIONS, Fact
from swb.sandbox.timeline import TOLD
from swb_schemas.exchanges import MACHINES, Move, Side


@pytest.mark.parametrize("move", sorted({Fact(each) for each in Move} - DECISIONS))
def test_every_move_is_told_by_who_made_it(move: Fact) -> None:
    where, what = TOLD[move]
    assert what.startswith(f"{move}: ")
    (side,) = {row.by for each in MACHINES for row in each.moves if row.move == Move(move)}
    assert ("{exporting}" in where) is (side is Side.EXPORTING)
