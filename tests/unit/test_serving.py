"""The server's side of TLS: which files it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.serving import make_server_tls
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("mode", "code"),
    [(0o644, "config.secret_exposed"), (0o600, "config.invalid"), (None, "config.invalid")],
    ids=["open to all", "no key", "missing"],
)
def test_refuses_a_key_that_others_may_read_or_that_is_none(
    tmp_path: Path, mode: int | None, code: str
) -> None:
    key = tmp_path / "key.pem"
    if mode is not None:
        key.write_text("nothing", encoding="utf-8")
        key.chmod(mode)
    with pytest.raises(RefusedError) as caught:
        make_server_tls(tmp_path / "certificate.pem", key)
    assert caught.value.code == code
