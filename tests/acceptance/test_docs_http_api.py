"""The tutorial of the HTTP API is executed, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pages import run_page
from tests.services import require_program

if TYPE_CHECKING:
    from pathlib import Path


def test_curl_a_generated_client_and_ours_submit_pull_and_acknowledge(tmp_path: Path) -> None:
    require_program("curl")
    printed = run_page("docs/tutorial/http-api.md", tmp_path).splitlines()
    accepted = [each for each in printed if each.startswith('{"document_id":')]
    assert len(accepted) == 2
    assert accepted[0] == accepted[1]
    assert {"AS1", "RELAYED", "AS2"} & set(printed)
    for each in ("acknowledged: 204", "AS3", "acknowledged 204", "access.revoked"):
        assert each in printed
    assert any(each.startswith("422 ") for each in printed)
    assert any(each.startswith("stored CertificateIssue ") for each in printed)
    assert any(each.startswith("again TH:") and each.endswith(" AS3") for each in printed)
    acts = ("tokens create", "submitted", "tokens rotate", "tokens revoke")
    assert all(any(act in each for each in printed) for act in acts)
