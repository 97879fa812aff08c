"""How a gateway speaks with its national single window: its formats, and its doors."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from swb.config.keys import SECRET_REFERENCE
from swb.config.section import Section

__all__ = ["CommandConfig", "NationalConfig", "SftpConfig", "WebhookConfig"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class WebhookConfig(Section):
    """Where documents are posted to, one request each.

    Attributes:
        url: ``https``; ``http`` on loopback only. Without user, password and query.
        secret: Reference to the secret that both sides share, of 32 octets or more; requests are
            signed with it.
        key_id: What the signature calls that secret, so that it can be changed.
        authorities: File with the roots that the server's certificate goes back to, PEM. None is
            what the system trusts.
        certificate: The gateway's own certificate for TLS, PEM, where the server asks for one.
        key: Its private key, PEM, closed to other users of the machine.
        timeout_seconds: For one request, its answer included.
    """

    url: str
    secret: str = Field(pattern=SECRET_REFERENCE)
    key_id: str = Field(default="swb", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    timeout_seconds: float = Field(default=20, gt=0, le=600)

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        meant = "expected an https address, or http on loopback, without user, password and query"
        try:
            parts = urlsplit(url)
            host, user, port = parts.hostname, parts.username, parts.port
        except ValueError:
            raise ValueError(meant) from None
        safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
        if not (safe and host and port != 0 and user is None) or parts.query or parts.fragment:
            raise ValueError(meant)
        return url

    @model_validator(mode="after")
    def _certificate_has_its_key(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            msg = "expected certificate and key together"
            raise ValueError(msg)
        return self


class SftpConfig(Section):
    """A server with the doors ``in``, ``out`` and ``parallel`` of a drop folder.

    Attributes:
        host: Its name or address.
        port: Where it listens.
        user: Whose account is used.
        known_hosts: File with the server's keys, as OpenSSH has it; any other key is refused.
        key: Private key of the account, OpenSSH or PEM, closed to other users of the machine.
        passphrase: Reference to the key's passphrase, where it has one.
        password: Reference to a password, where there is no key.
        folder: Of the doors, on the server.
        collect: Whether payloads are collected from its ``in``, too; otherwise from
            ``drop_folder``.
        timeout_seconds: For connecting, and for one delivery.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    user: str = Field(min_length=1)
    known_hosts: Path
    key: Path | None = None
    passphrase: str | None = Field(default=None, pattern=SECRET_REFERENCE)
    password: str | None = Field(default=None, pattern=SECRET_REFERENCE)
    folder: str = Field(default=".", pattern=r"^[^\x00]+$")
    collect: bool = True
    timeout_seconds: float = Field(default=20, gt=0, le=600)

    @model_validator(mode="after")
    def _proves_who_it_is(self) -> Self:
        if (self.key is None) == (self.password is None):
            msg = "expected key or password, and not both"
            raise ValueError(msg)
        if self.passphrase is not None and self.key is None:
            msg = "passphrase needs key"
            raise ValueError(msg)
        return self


class CommandConfig(Section):
    """An adapter that is a program of its own, in any language, by the command protocol.

    Attributes:
        command: The program and its arguments; a program with a slash in its name is looked for
            from `folder`. Nothing secret: everybody on the machine sees them.
        folder: Where it runs.
        log: File that its standard error is added to; without it that is dropped.
        timeout_seconds: For one answer.
        memory_megabytes: What it may take; beyond that it gets no more.
        starts_a_minute: How often it is started at most; beyond that its payloads wait.
    """

    command: tuple[str, ...] = Field(min_length=1)
    folder: Path = Path()
    log: Path | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=600)
    memory_megabytes: int = Field(default=1024, ge=16, le=1_048_576)
    starts_a_minute: int = Field(default=10, ge=1, le=1000)


class NationalConfig(Section):
    """How it speaks with its national single window.

    Attributes:
        adapters: Names as ``swb adapters list`` shows them, one for each syntax that the system
            speaks, and one for each root element in XML that has an adapter of its own; a document
            is written by the first that writes its kind.
        commands: Sections ``[national.commands.NAME]``: programs that stand behind names of
            `adapters`, before installed ones of the same name.
        kind: What carries documents outward: ``drop-folder``, ``webhook``, ``sftp``, or ``pull``,
            where the national system fetches what there is by the HTTP API.
        drop_folder: Folder with the doors ``in``, ``out`` and ``parallel``. For a webhook its
            ``in`` is the way inward; with ``sftp`` it is that where ``collect`` is off, and refused
            where it is on; with ``pull`` it is needed where payloads come by other ways than the
            API, too.
        webhook: Section ``[national.webhook]``.
        sftp: Section ``[national.sftp]``.
        consents: Table of what exporters have consented to, for document types that leave only
            with consent; without it only a payload that tells of consent lets them out.
        data_policy: What is carried, masked and blocked, by class of data, element and
            destination; without it everything is carried.
    """

    adapters: tuple[str, ...] = Field(min_length=1)
    commands: dict[str, CommandConfig] = Field(default_factory=dict)
    kind: Literal["drop-folder", "webhook", "sftp", "pull"] = "drop-folder"
    drop_folder: Path | None = None
    webhook: WebhookConfig | None = None
    sftp: SftpConfig | None = None
    consents: Path | None = None
    data_policy: Path | None = None

    @model_validator(mode="after")
    def _has_its_section(self) -> Self:
        for kind in ("webhook", "sftp"):
            if (getattr(self, kind) is not None) != (self.kind == kind):
                msg = f'expected a section [national.{kind}] with kind = "{kind}", and only then'
                raise ValueError(msg)
        unused = sorted(self.commands.keys() - set(self.adapters))
        if unused:
            msg = f"expected every command to be named in adapters, found {', '.join(unused)}"
            raise ValueError(msg)
        remote = self.sftp is not None and self.sftp.collect
        if self.drop_folder is None and not remote and self.kind != "pull":
            msg = "expected drop_folder: there is no other way inward"
            raise ValueError(msg)
        if self.drop_folder is not None and remote:
            msg = (
                "expected no drop_folder, or [national.sftp] collect = false: nobody looks into it"
            )
            raise ValueError(msg)
        return self
