"""Pages for whoever runs a gateway are executed, word for word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from swb.backends.pkcs11 import find_softhsm
from tests.pages import run_page
from tests.services import miss, require_program

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres


def test_the_console_is_turned_on_and_a_person_let_in(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/use-the-console.md", tmp_path)
    assert "olga  TH  operator  may sign in" in printed
    assert "303 http://localhost:8443/console/sign-in?to=%2Fday" in printed
    assert "users create" in printed


def test_running_a_gateway_works(tmp_path: Path) -> None:
    require_program("curl")
    runbook = "docs/how-to/runbook.md"
    printed = run_page("docs/how-to/run-a-gateway.md", tmp_path, amid=("kill %1", runbook))
    assert '"status":"ready"' in printed
    assert 'swb_ready{node="TH gateway"} 1.0' in printed
    assert "RES-REC" in printed
    verified, by_hand = re.findall(r"\bhead ([0-9a-f]{64})$", printed, re.MULTILINE)
    assert by_hand == verified


@pytest.mark.usefixtures("openssl")
def test_delivering_to_a_single_window_by_webhook_works(tmp_path: Path) -> None:
    require_program("curl")
    printed = run_page("docs/how-to/deliver-to-a-single-window.md", tmp_path)
    assert "accepted: CertificateIssue" in printed
    assert ".CertificateIssue.xml\n" in printed
    assert '"POST /deliveries HTTP/1.1" 201' in printed
    assert re.search(r"TH +sent +CertificateIssue +1 ", printed)
    assert re.search(r"VN +received +CertificateIssue +1 ", printed)


def test_keeping_keys_apart_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/keep-keys-apart.md", tmp_path)
    assert "accepted: CertificateIssue" in printed
    assert '"purpose": "issuing-seal"' in printed


@pytest.mark.usefixtures("openssl")
def test_keeping_keys_in_a_token_works(tmp_path: Path) -> None:
    if find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    printed = run_page("docs/how-to/keys-in-a-token.md", tmp_path)
    assert "urn:swb:party:TH:gateway" in printed
    assert "may             decrypt" in printed


def test_running_on_postgresql_works(
    postgres_server: PrivatePostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("openssl")
    for name, value in postgres_server.environment().items():
        monkeypatch.setenv(name, value)
    printed = run_page("docs/how-to/run-on-postgresql.md", tmp_path)
    assert "something is missing" in printed
    assert "postgres store: schema version 0, now " in printed
    assert "sqlite store: schema version 0, now " in printed
    assert printed.count("postgres store: schema version") == 4
    assert "successfully verified" in (tmp_path / "verified.txt").read_text()
    assert (tmp_path / "TH.backup.db").stat().st_size > 0
