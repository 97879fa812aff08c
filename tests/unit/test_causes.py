"""Chains of exceptions are walked to their end, also where they have none."""

from __future__ import annotations

import ssl

import pytest

from swb.backends.rabbitmq.translation import translate, translate_connecting
from swb.core.causes import unfold


def tie_a_ring() -> tuple[ConnectionError, OSError]:
    """Two exceptions that came from each other, as a kept one does that is raised again."""
    first, second = ConnectionError("lost"), OSError(104, "reset")
    first.__cause__, second.__context__ = second, first
    return first, second


def test_each_is_told_once() -> None:
    first, second = tie_a_ring()
    assert list(unfold(first)) == [first, second]
    assert list(unfold(second)) == [second, first]


def test_a_group_tells_its_members_before_its_cause() -> None:
    inner, outer, cause = ValueError(), KeyError(), OSError()
    group = ExceptionGroup("several", [inner, ExceptionGroup("more", [outer])])
    group.__cause__ = cause
    assert [type(each) for each in unfold(group)] == [
        ExceptionGroup,
        ValueError,
        ExceptionGroup,
        KeyError,
        OSError,
    ]


def test_what_was_left_out_on_purpose_stays_out() -> None:
    error = ValueError()
    error.__context__ = KeyError("a secret")
    assert len(list(unfold(error))) == 2
    error.__suppress_context__ = True
    assert list(unfold(error)) == [error]
    assert len(list(unfold(error, also_hidden=True))) == 2


@pytest.mark.timeout(5)
def test_a_ring_of_errors_does_not_hold_a_line_for_ever() -> None:
    first, _ = tie_a_ring()
    assert translate_connecting(first, "TH").code == "transport.unreachable"
    assert "reset" in translate(first, "transport.unreachable", "TH").message
    first, second = tie_a_ring()
    spoken = ssl.SSLError(1, "words")
    spoken.reason = "WRONG_VERSION_NUMBER"
    second.__cause__ = spoken
    assert translate_connecting(first, "TH").code == "transport.untrusted"
