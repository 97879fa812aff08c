"""Which node of a parted cluster is the one to restart."""

from __future__ import annotations

import pytest

from swb.backends.rabbitmq.cluster import pick_parted

NAMES = ["a@host", "b@host", "c@host"]


@pytest.mark.parametrize(
    ("partitions", "number"),
    [
        pytest.param({}, None, id="none is parted"),
        pytest.param({"a@host": ["b@host"], "c@host": ["b@host"]}, 1, id="lost by both others"),
        pytest.param({"b@host": ["a@host", "c@host"]}, 1, id="lost both others"),
        pytest.param({"a@host": ["b@host"]}, 1, id="one of two: the last"),
        pytest.param(
            {"a@host": ["b@host", "c@host"], "b@host": ["a@host"], "c@host": ["a@host"]},
            0,
            id="told by all three",
        ),
    ],
)
def test_the_node_that_is_parted_from_most_others_is_restarted(
    partitions: dict[str, list[str]], number: int | None
) -> None:
    assert pick_parted(NAMES, partitions) == number
