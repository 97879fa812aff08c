"""What a signer process is told: a TOML file of its own, for `swb signer`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from swb.config.keys import KeyConfig, RemoteKeyConfig
from swb.config.section import Section
from swb_schemas.catalogue import Purpose

__all__ = ["ClientConfig", "ListenConfig", "SignerConfig", "SignerLimitsConfig"]


class ListenConfig(Section):
    """Where clients find it.

    Attributes:
        socket: Unix socket; its folder exists and is writable by nobody else.
        group: Group that may connect, where clients run as other users than the signer. Without
            it only the signer's own user may.
    """

    socket: Path
    group: str | None = None


class ClientConfig(Section):
    """Who may have what signed. Stands once for each client; nobody else is heard.

    Attributes:
        user: The client's user, by name or number, as the kernel says it.
        purposes: What its keys are for; ``decryption`` has it agree on secrets.
    """

    user: str
    purposes: tuple[Purpose, ...] = Field(min_length=1)


class SignerLimitsConfig(Section):
    """How much at once.

    Attributes:
        operations_a_second: Signatures and agreed secrets of one client, on average.
        burst: How many may come at once.
        connections: Of all clients.
        in_flight: Requests of one connection that are worked on at the same time.
        shutdown_seconds: How long an ordered shutdown may take.
    """

    operations_a_second: float = Field(default=5000, gt=0, le=100_000)
    burst: int = Field(default=5000, ge=1, le=100_000)
    connections: int = Field(default=32, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=1000)
    shutdown_seconds: float = Field(default=5, gt=0, le=600)


class SignerConfig(Section):
    """One signer's configuration.

    ``keys`` and ``retired_decryption`` are those of a daemon, without ``kind = "remote"``.
    """

    listen: ListenConfig
    client: tuple[ClientConfig, ...] = Field(min_length=1)
    keys: dict[Purpose, KeyConfig] = Field(min_length=1)
    retired_decryption: tuple[KeyConfig, ...] = ()
    limits: SignerLimitsConfig = SignerLimitsConfig()

    @model_validator(mode="after")
    def _it_holds_the_keys_itself(self) -> Self:
        for key in (*self.keys.values(), *self.retired_decryption):
            if isinstance(key, RemoteKeyConfig):
                msg = "a signer holds keys itself: expected another kind than 'remote'"
                raise ValueError(msg)  # noqa: TRY004 - what pydantic makes a fault of
        if len({each.user for each in self.client}) != len(self.client):
            msg = "expected each client's user once"
            raise ValueError(msg)
        return self
