"""Doors as the configuration has them: TLS with pinned roots and own certificates, accounts."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.app.national import build_sftp, build_webhook
from swb.backends.softkey import TlsAuthority
from swb.config import SftpConfig, WebhookConfig
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.national_worlds import SECRET, SftpWorld, WebhookWorld

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.http.webhook import WebhookGateway

ID = "019ca3b5-11d8-7000-8000-000000000001"


def write_secret(file: Path, secret: bytes) -> str:
    file.touch(mode=0o600)
    file.write_bytes(secret)
    return f"file:{file}"


async def post(gateway: WebhookGateway) -> None:
    await gateway.open()
    try:
        await gateway.deliver(b"<a/>", delivery_id=ID, message_type="T", file_suffix=".xml")
    finally:
        await gateway.close()


async def test_a_webhook_proves_itself_by_certificate_and_trusts_its_own_roots_alone(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    ours = TlsAuthority(tmp_path / "ours", name="the state's", at=now)
    others = TlsAuthority(tmp_path / "others", name="somebody's", at=now)
    server = ours.issue_server("nsw", hosts=["127.0.0.1"])
    client, stranger = ours.issue_client("gateway"), others.issue_client("gateway")
    secret = write_secret(tmp_path / "secret", SECRET)
    world = WebhookWorld(
        ssl_certfile=str(server.certificate),
        ssl_keyfile=str(server.key),
        ssl_ca_certs=str(ours.ca),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )
    await world.come_back()
    try:

        def section(ca: Path | None, own: tuple[Path, Path] | None) -> WebhookConfig:
            return WebhookConfig(
                url=world.url,
                secret=secret,
                authorities=ca,
                certificate=own and own[0],
                key=own and own[1],
            )

        known = (client.certificate, client.key)
        for bad in (
            section(None, known),
            section(others.ca, known),
            section(ours.ca, None),
            section(ours.ca, (stranger.certificate, stranger.key)),
        ):
            with pytest.raises(UnavailableError) as failure:
                await post(build_webhook(bad))
            assert failure.value.code == "national.unavailable"
        assert world.requests == []
        await post(build_webhook(section(ours.ca, known)))
        assert list(world.received()) == [f"{ID}.T.xml"]
        with pytest.raises(RefusedError) as unusable:
            await post(build_webhook(section(tmp_path / "missing.pem", known)))
        assert unusable.value.code == "config.invalid"
    finally:
        await world.go_down()


@pytest.mark.parametrize(("given", "works"), [("s3cret", True), ("guessed", False)])
async def test_an_account_may_have_a_password(tmp_path: Path, given: str, works: bool) -> None:
    world = SftpWorld(tmp_path)
    world.password = "s3cret"
    await world.start()
    doors = build_sftp(
        SftpConfig(
            host="127.0.0.1",
            port=world.port,
            user="gateway",
            known_hosts=world.known_hosts,
            password=write_secret(tmp_path / "password", given.encode()),
            folder="doors",
        )
    )
    try:
        if works:
            await doors.ping()
        else:
            with pytest.raises(UnavailableError) as failure:
                await doors.ping()
            assert given not in failure.value.message
    finally:
        await doors.close()
        await world.close()
