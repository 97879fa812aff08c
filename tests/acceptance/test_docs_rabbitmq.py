"""The page on setting up RabbitMQ is executed, against a server that is set up as it says."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb.backends.rabbitmq.node import NodeTls, PrivateNode, find_rabbitmq
from swb.backends.rabbitmq.node_settings import write_files
from swb.backends.softkey import TlsAuthority
from tests.pages import run_page
from tests.services import ROOT, miss

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PAGE = "docs/how-to/set-up-rabbitmq.md"


def test_setting_up_rabbitmq_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    authority = TlsAuthority(tmp_path / "tls", name="the region's", at=datetime.now(UTC))
    server = authority.issue_server("server", hosts=["127.0.0.1"])
    authority.issue_client("gateway-TH")
    tls = NodeTls(ca=server.ca, certificate=server.certificate, key=server.key)
    node = PrivateNode(management=True, tls=tls)
    asyncio.run(node.start())
    try:
        monkeypatch.setenv("SWB_MANAGEMENT_URL", node.management_url())
        monkeypatch.setenv("SWB_AMQPS_HOST", f"127.0.0.1:{node.tls_port}")
        printed = run_page(PAGE, tmp_path)
    finally:
        asyncio.run(node.stop())
    assert "missing  queue inbox in swb.TH" in printed
    assert printed.count("nothing differs") == 2
    assert "nothing to do" in printed
    assert printed.count("line TH: ready") == 2
    assert "line VN: ready" in printed
    assert "max-length': 20000" in printed
    assert "extra    permission stranger in swb.TH" in printed
    assert "removed  permission stranger in swb.TH" in printed
    assert configured(tmp_path, tls) == documented()
    password = (tmp_path / "region" / "secrets" / "router.password").read_text().strip()
    assert password not in printed


def configured(folder: Path, tls: NodeTls) -> set[str]:
    """What a private node is told of TLS, by key, and by value where that is no path or port."""
    write_files(folder, definitions="{}", management_port=0, tls_port=1, tls=tls)
    lines = (folder / "rabbitmq.conf").read_text(encoding="utf-8").splitlines()
    return {spell(line) for line in lines if is_of_tls(line)}


def documented() -> set[str]:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    [block] = re.findall(r"^```ini\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {spell(line) for line in block.splitlines() if is_of_tls(line)}


def is_of_tls(line: str) -> bool:
    return line.startswith(("listeners.ssl", "ssl_", "auth_mechanisms"))


def spell(line: str) -> str:
    key, _, value = line.partition(" = ")
    return key if "/" in value or ":" in value else line
