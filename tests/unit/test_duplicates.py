"""What an inbox says about a message id."""

from __future__ import annotations

import pytest

from swb.core.duplicates import Disposition, judge


@pytest.mark.parametrize(
    ("known", "digest", "expected"),
    [
        pytest.param(None, "sha-256:aa", Disposition.NEW, id="an unknown id"),
        pytest.param("sha-256:aa", "sha-256:aa", Disposition.REPEAT, id="the same digest"),
        pytest.param("sha-256:aa", "sha-256:bb", Disposition.CONFLICT, id="another digest"),
        pytest.param("sha-256:aa", "sha-512:aa", Disposition.CONFLICT, id="another algorithm"),
        pytest.param("", "sha-256:aa", Disposition.CONFLICT, id="an empty digest is no absence"),
    ],
)
def test_judges_an_arrival(known: str | None, digest: str, expected: Disposition) -> None:
    assert judge(known, digest) is expected
