"""How a state chooses the doors of its single window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from swb.app.national import build_webhook
from swb.app.notifying import build_subscriber_webhook
from swb.config import NationalConfig, WebhookConfig
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

WEBHOOK = {"url": "https://nsw.example/in", "secret": "file:secret"}
SFTP = {"host": "nsw.example", "user": "swb", "known_hosts": "hosts", "key": "id"}


def read(**values: object) -> NationalConfig:
    return NationalConfig.model_validate({"adapters": ["thailand"], **values})


def test_a_folder_alone_is_a_drop_folder_as_ever() -> None:
    assert read(drop_folder="national").kind == "drop-folder"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "webhook", "webhook": WEBHOOK, "drop_folder": "national"},
        {
            "kind": "webhook",
            "webhook": WEBHOOK | {"url": "http://127.0.0.1:80/a"},
            "drop_folder": "n",
        },
        {"kind": "sftp", "sftp": SFTP},
        {"kind": "sftp", "sftp": SFTP | {"collect": False}, "drop_folder": "national"},
    ],
    ids=["webhook", "webhook on loopback", "sftp", "sftp outward only"],
)
def test_takes_what_is_complete(values: dict[str, object]) -> None:
    assert read(**values).kind == values["kind"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "expected drop_folder"),
        ({"kind": "pigeon", "drop_folder": "n"}, "'drop-folder', 'webhook', 'sftp' or 'pull'"),
        ({"kind": "webhook", "drop_folder": "n"}, r"a section \[national.webhook\]"),
        ({"drop_folder": "n", "sftp": SFTP}, r"a section \[national.sftp\]"),
        ({"kind": "webhook", "webhook": WEBHOOK}, "expected drop_folder"),
        ({"kind": "sftp", "sftp": SFTP | {"collect": False}}, "expected drop_folder"),
        ({"kind": "sftp", "sftp": SFTP, "drop_folder": "n"}, "expected no drop_folder"),
        ({"kind": "sftp", "sftp": SFTP | {"password": "env:P"}}, "key or password"),
        (
            {
                "kind": "sftp",
                "sftp": SFTP | {"key": None, "password": "env:P", "passphrase": "env:Q"},
            },
            "passphrase needs key",
        ),
        ({"kind": "sftp", "sftp": SFTP | {"key": None}}, "key or password"),
        (
            {"kind": "webhook", "webhook": WEBHOOK | {"key": "k"}, "drop_folder": "n"},
            "certificate and key together",
        ),
        *(
            (
                {"kind": "webhook", "webhook": WEBHOOK | {"url": url}, "drop_folder": "n"},
                "expected an https address",
            )
            for url in (
                "http://nsw.example/in",
                "https://user:secret@nsw.example/",
                "https://nsw.example/in?key=secret",
                "ftp://nsw.example/",
                "https://",
                "https://nsw.example:99999/",
            )
        ),
    ],
)
def test_refuses_what_is_missing_or_unsafe(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as failure:
        read(**values)
    told = [fault["msg"] for fault in failure.value.errors()]
    assert not any("secret@" in each or "key=secret" in each for each in told)


@pytest.mark.parametrize("octets", [31, 32])
def test_a_webhooks_secret_has_32_octets_whoever_is_told(tmp_path: Path, octets: int) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("s" * octets, encoding="utf-8")
    section = WebhookConfig(url="https://nsw.example/in", secret=f"file:{secret}")
    for build in (build_webhook, partial(build_subscriber_webhook, "bank")):
        if octets == 32:
            build(section)
            continue
        with pytest.raises(RefusedError, match="32 octets or more, found 31") as failure:
            build(section)
        assert failure.value.code == "config.secret"
