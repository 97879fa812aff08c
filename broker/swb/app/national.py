"""The doors of a national system, as the configuration chooses them for this state."""

from __future__ import annotations

import ssl
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from swb.app.fault_points import Watched, arm, arm_renaming
from swb.app.parts import get_national
from swb.backends.files import DropFolder
from swb.backends.http.posting import Address
from swb.backends.http.webhook import WebhookGateway
from swb.clock import SystemClock
from swb.config import resolve_secret, resolve_signing_secret
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack
    from pathlib import Path

    from swb.backends.sftp.drop_folder import SftpDropFolder
    from swb.config import Config, SftpConfig, WebhookConfig
    from swb.ports import NationalGateway, PayloadSource

__all__ = [
    "Doors",
    "build_sftp",
    "build_webhook",
    "find_address",
    "get_drop_folder",
    "make_webhook_tls",
    "open_doors",
]


class Doors:
    """Both doors, open.

    Attributes:
        outward: Where documents are handed over; None where the national system fetches them.
        inward: Where payloads lie; None where they come by the API alone.
        checks: What health asks, by name.
    """

    def __init__(
        self,
        outward: NationalGateway | None,
        inward: PayloadSource | None,
        checks: dict[str, Callable[[], Awaitable[object]]],
    ) -> None:
        self.outward = outward
        self.inward = inward
        self.checks = checks


async def open_doors(config: Config, stack: AsyncExitStack) -> Doors:
    """Open both doors; nobody far away is asked yet, for it may be down.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``, ``config.secret_exposed``.
        UnavailableError: ``national.unavailable``: the folder cannot be used;
            ``national.not_installed``.
    """
    national = get_national(config)
    folder: DropFolder | None = None
    if national.drop_folder is not None:
        folder = arm(Watched.NATIONAL, DropFolder(national.drop_folder, rename=arm_renaming()))
        folder.open()
    if national.webhook is not None:
        webhook = arm(Watched.NATIONAL, build_webhook(national.webhook))
        await webhook.open()
        stack.push_async_callback(webhook.close)
        inward = _require(folder)
        return Doors(webhook, inward, {"national": webhook.ping, "national inward": inward.ping})
    if national.sftp is not None:
        remote = arm(Watched.NATIONAL, build_sftp(national.sftp))
        stack.push_async_callback(remote.close)
        if national.sftp.collect:
            return Doors(remote, remote, {"national": remote.ping})
        inward = _require(folder)
        return Doors(remote, inward, {"national": remote.ping, "national inward": inward.ping})
    if national.kind == "pull":
        return Doors(None, folder, {} if folder is None else {"national inward": folder.ping})
    both = _require(folder)
    return Doors(both, both, {"national": both.ping})


def get_drop_folder(config: Config) -> Path:
    """Get the folder between a gateway and its national system.

    Raises:
        RefusedError: ``config.invalid``: there is none.
    """
    folder = get_national(config).drop_folder
    if folder is None:
        message = "expected a drop_folder in [national]"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    return folder


def build_webhook(section: WebhookConfig) -> WebhookGateway:
    """Name the webhook; nothing is opened yet.

    Raises:
        RefusedError: ``config.secret``, ``config.secret_exposed``.
    """
    return WebhookGateway(find_address(section, "[national.webhook]", what="the webhook's secret"))


def find_address(section: WebhookConfig, name: str, *, what: str) -> Address:
    """Find where a webhook is, and how both sides prove who they are.

    Args:
        section: Names it.
        name: Of the section, for people.
        what: Names its secret, for people.

    Raises:
        RefusedError: ``config.secret``, ``config.secret_exposed``.
    """
    return Address(
        url=section.url,
        secret=resolve_signing_secret(section.secret, what=what),
        key_id=section.key_id,
        now=SystemClock().now,
        answer_within=timedelta(seconds=section.timeout_seconds),
        make_tls=partial(make_webhook_tls, section, name),
    )


def make_webhook_tls(section: WebhookConfig, name: str) -> ssl.SSLContext:
    """Make what a webhook's server and this gateway prove themselves by.

    Args:
        section: Names the files.
        name: Of the section, for people.

    Raises:
        RefusedError: ``config.invalid``: the files are of no use.
    """
    try:
        tls = httpx.create_ssl_context()
        if section.authorities is not None:
            tls = ssl.create_default_context(cafile=str(section.authorities))
        if section.certificate is not None:
            tls.load_cert_chain(section.certificate, section.key)
    except (OSError, ssl.SSLError) as cause:
        message = f"{name}: expected usable TLS files: {cause.strerror or cause}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause
    return tls


def build_sftp(section: SftpConfig) -> SftpDropFolder:
    """Name the server; nothing is opened yet.

    Raises:
        RefusedError: ``config.secret``, ``config.secret_exposed``.
        UnavailableError: ``national.not_installed``.
    """
    try:
        from swb.backends.sftp.drop_folder import SftpDropFolder  # noqa: PLC0415 - an extra
        from swb.backends.sftp.link import Account, Link  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "national.not_installed",
            "expected the extra 'sftp': pip install 'single-window-broker[sftp]'",
        ) from cause
    account = Account(
        host=section.host,
        port=section.port,
        user=section.user,
        known_hosts=section.known_hosts,
        key=section.key,
        passphrase=_resolve(section.passphrase, "the passphrase of the SFTP account's key"),
        password=_resolve(section.password, "the SFTP account's password"),
    )
    return SftpDropFolder(
        Link(account, answer_within=section.timeout_seconds), folder=section.folder
    )


def _resolve(reference: str | None, what: str) -> str | None:
    return None if reference is None else resolve_secret(reference, what=what)


def _require(folder: DropFolder | None) -> DropFolder:
    if folder is None:  # the configuration's own rules forbid it
        message = "expected a drop_folder in [national]"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
    return folder
