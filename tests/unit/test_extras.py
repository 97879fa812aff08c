"""What an extra brings is asked for by name where it is not installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from swb.app.national import build_sftp
from swb.app.provision import open_rabbitmq
from swb.app.storing import open_private_postgres
from swb.config import TelemetryConfig
from swb.config.national import SftpConfig
from swb.tracing import open_tracing
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def _keep_in_postgres() -> None:
    async with open_private_postgres():
        pass


async def _carry_by_rabbitmq() -> None:
    async with open_rabbitmq(None, ["TH"]):
        pass


async def _hand_over_by_sftp() -> None:
    build_sftp(SftpConfig(host="h", user="u", known_hosts=Path("k"), key=Path("p")))


async def _trace() -> None:
    config = TelemetryConfig(endpoint="http://127.0.0.1:9/v1/traces")
    async with open_tracing(config, node="TH gateway", state="TH"):
        pass


EXTRAS: Final = {
    "postgres": ("swb.backends.postgres.node", _keep_in_postgres, "store.not_installed"),
    "rabbitmq": ("swb.backends.rabbitmq.node", _carry_by_rabbitmq, "transport.not_installed"),
    "sftp": ("swb.backends.sftp.drop_folder", _hand_over_by_sftp, "national.not_installed"),
    "telemetry": ("opentelemetry.sdk.trace", _trace, "telemetry.not_installed"),
}
"""By extra: a module that cannot be imported without it, what needs it, and the code."""


@pytest.mark.parametrize("extra", EXTRAS)
async def test_names_the_extra_that_is_missing(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, use, code = EXTRAS[extra]
    need: Callable[[], Awaitable[None]] = use
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnavailableError) as failure:
        await need()
    assert failure.value.code == code
    assert f"pip install 'single-window-broker[{extra}]'" in failure.value.message
