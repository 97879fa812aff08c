"""One AMQP URL, or those of a cluster's nodes, behind one reference."""

from __future__ import annotations

import pytest

from swb.app.lines import parse_amqp_urls
from swb_schemas.errors import RefusedError


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("amqp://u:p@a:1", [1]),
        ("amqp://u:p@a:1 amqps://u:p@b:2", [1, 2]),
        ("\namqp://u:p@a:1\n\tamqp://u:p@b:2\namqp://u:p@c:3\n", [1, 2, 3]),
    ],
    ids=["one", "two on a line", "one a line"],
)
def test_reads_the_nodes_of_a_cluster(text: str, ports: list[int]) -> None:
    assert [url.port for url in parse_amqp_urls(text)] == ports


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "amqp://u:secret@a:1, amqp://u:secret@b:2",
        "amqp://u:secret@a http://b",
        "amqp://u:secret@a " * 17,
    ],
    ids=["nothing", "blank", "a comma", "another scheme", "too many"],
)
def test_refuses_what_are_no_amqp_urls_without_repeating_them(text: str) -> None:
    with pytest.raises(RefusedError, match=r"config\.invalid") as caught:
        parse_amqp_urls(text)
    assert "secret" not in str(caught.value)
