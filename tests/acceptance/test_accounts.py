"""``swb tokens`` and ``swb users``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.sandbox.region import lay_out_region
from swb_schemas.catalogue import Purpose

if TYPE_CHECKING:
    from pathlib import Path

    from swb.sandbox.region import Region
    from tests.acceptance.program import Program

API: Final = '\n[api]\nport = 0\naccess = "store/TH.access.db"\n'


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("region")
    made = asyncio.run(lay_out_region(folder, at=datetime.now(UTC), seed=2))
    with made.gateways["TH"].open("a", encoding="utf-8") as file:
        file.write(API)
    return made


def test_a_token_is_printed_once_rotated_and_revoked(swb: Program, region: Region) -> None:
    config = ("--config", region.gateways["TH"])
    made = swb("tokens", "create", "nsw", "--role", "single-window", *config, "--json").value
    assert made.pop("token").startswith(f"swb_{made['id']}_")
    rotated = swb("tokens", "rotate", made["id"], "--overlap", "1h", *config, "--json").value
    listed = swb("tokens", "list", *config, "--json").value["tokens"]
    assert [each["id"] for each in listed] == [made["id"], rotated["id"]]
    assert "token" not in listed[1]
    assert listed[0]["expires_at"] < made["expires_at"] <= listed[1]["expires_at"]
    assert swb("tokens", "revoke", rotated["id"], *config).status == 0
    again = swb("tokens", "rotate", rotated["id"], *config, "--json")
    assert (again.status, again.failure["code"]) == (1, "access.revoked")
    entries = swb("audit", "show", *config, "--json").value["entries"]
    assert [each["action"] for each in entries][:3] == [
        "tokens create",
        "tokens rotate",
        "tokens revoke",
    ]


def test_a_client_certificate_is_registered(swb: Program, region: Region, tmp_path: Path) -> None:
    config = ("--config", region.gateways["TH"], "--json")
    _, certificate = region.key("TH", Purpose.TRANSPORT)
    wanted = ("tokens", "create", "bank", "--role", "subscriber", "--certificate")
    made = swb(*wanted, certificate, *config).value
    assert (made["kind"], made["roles"], "token" in made) == ("certificate", ["subscriber"], False)
    (tmp_path / "none.pem").write_text("nothing", encoding="utf-8")
    none = swb(*wanted, tmp_path / "none.pem", *config)
    assert (none.status, none.failure["code"]) == (1, "access.certificate")


def test_a_user_is_made_changed_and_disabled(swb: Program, region: Region, tmp_path: Path) -> None:
    config = ("--config", region.gateways["TH"], "--json")
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_text("rice paddy at noon", encoding="utf-8")
    password = ("--password", f"file:{secret}")
    made = swb("users", "create", "anna", "--role", "viewer", *password, *config).value
    assert (made["state"], made["roles"], made["disabled_at"]) == ("TH", ["viewer"], None)
    roles = ("--role", "operator", "--role", "regulator")
    changed = swb("users", "set-roles", "anna", *roles, *config).value
    assert changed["roles"] == ["operator", "regulator"]
    assert swb("users", "set-password", "anna", *password, *config).status == 0
    assert swb("users", "disable", "anna", *config).value["disabled_at"]
    assert swb("users", "list", *config).value["users"][0]["disabled_at"]
    assert swb("users", "enable", "anna", *config).value["disabled_at"] is None
    unknown = swb("users", "disable", "boun", *config)
    assert (unknown.status, unknown.failure["code"]) == (1, "access.unknown")


def test_a_gateway_without_an_api_has_neither(swb: Program, region: Region) -> None:
    refused = swb("users", "list", "--config", region.gateways["VN"], "--json")
    assert (refused.status, refused.failure["code"]) == (1, "config.invalid")
