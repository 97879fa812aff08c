"""What one daemon is told: a TOML file, read whole, refused by name where it is wrong.

Relative paths are taken from the folder of the file. Secrets stand in it by reference only:
``env:NAME`` or ``file:PATH``.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AuthorityConfig",
    "Config",
    "EmbeddedTransportConfig",
    "HealthConfig",
    "LimitsConfig",
    "NationalConfig",
    "RabbitTransportConfig",
    "Role",
    "load_config",
    "resolve_secret",
]


class Role(StrEnum):
    """What a daemon can be; one daemon may be several at once."""

    GATEWAY = "gateway"
    ROUTER = "router"
    AUTHORITY = "authority"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyConfig(_Section):
    """Whose daemon it is.

    Attributes:
        state: ISO 3166-1 alpha-2, or ``REGION`` for a router.
        environment: test, parallel or production; it never serves two.
    """

    state: str = Field(pattern=r"^([A-Z]{2}|REGION)$")
    environment: Environment


class RolesConfig(_Section):
    """What it does.

    Attributes:
        run: Any of ``gateway``, ``router``, ``authority``; several at once.
    """

    run: tuple[Role, ...] = Field(min_length=1)


class StoreConfig(_Section):
    """Where it keeps what it must never forget.

    Attributes:
        kind: ``sqlite``.
        path: The file; made when missing, on a local disk.
    """

    kind: Literal["sqlite"] = "sqlite"
    path: Path


class EmbeddedTransportConfig(_Section):
    """One SQLite file in the place of a message broker, for one machine.

    Attributes:
        kind: ``embedded``.
        path: The file that all daemons of the machine share; ``swb topology apply`` makes it.
    """

    kind: Literal["embedded"]
    path: Path


class RabbitTransportConfig(_Section):
    """RabbitMQ.

    Attributes:
        kind: ``rabbitmq``.
        url: Reference to the AMQP URL without a vhost path, ``env:NAME`` or ``file:PATH``.
    """

    kind: Literal["rabbitmq"]
    url: str = Field(pattern=r"^(env|file):.+")


class TrustConfig(_Section):
    """Whom it believes.

    Attributes:
        bundle: Pinned roots and signed lists in one file; read again when it changes.
    """

    bundle: Path


class KeyConfig(_Section):
    """One private key.

    Attributes:
        key: PKCS#8, PEM.
        certificate: PEM.
        passphrase: Reference to the key's passphrase, where it has one.
    """

    key: Path
    certificate: Path
    passphrase: str | None = Field(default=None, pattern=r"^(env|file):.+")


class NationalConfig(_Section):
    """How it speaks with its national single window.

    Attributes:
        adapter: Name of the adapter, as ``swb adapters list`` shows it.
        drop_folder: Folder with the doors ``in`` and ``out``.
        protect: Whether document bodies are encrypted for the receiving gateway.
    """

    adapter: str
    drop_folder: Path
    protect: bool = False


class ConnectionsConfig(_Section):
    """Which directed pairs of states a router connects.

    Attributes:
        pairs: For example ``["TH-VN", "VN-TH"]``.
    """

    pairs: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z]{2}$")], ...]

    @property
    def members(self) -> tuple[str, ...]:
        """Every state that is connected to another."""
        return tuple(sorted({state for pair in self.pairs for state in pair.split("-")}))


class AuthorityConfig(_Section):
    """A simulated authority beside the gateway: trader, issuing authority and customs.

    Attributes:
        seed: What its plausible goods, names and decisions are drawn from.
        answers: Whether customs answers what arrives.
    """

    seed: int = 1
    answers: bool = True


class HealthConfig(_Section):
    """Where it says how it is.

    Attributes:
        host: Address to listen on.
        port: 0 takes a free one.
    """

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)


class LimitsConfig(_Section):
    """How much at once, and for how long.

    Attributes:
        prefetch: Deliveries that a line offers before the first is settled.
        in_flight: Messages that are published at the same time.
        batch: Rows that are claimed from the store at a time.
        lease_seconds: How long a claimed row belongs to whoever claimed it.
        poll_seconds: How often the store and the drop folder are looked at when nothing happens.
        first_retry_seconds: Wait after the first failed attempt.
        retry_ceiling_seconds: Longest wait between attempts.
        max_attempts: Then it waits for a person.
        shutdown_seconds: How long an ordered shutdown may take.
    """

    prefetch: int = Field(default=64, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=1000)
    batch: int = Field(default=128, ge=1, le=5000)
    lease_seconds: float = Field(default=30, gt=0, le=3600)
    poll_seconds: float = Field(default=0.1, gt=0, le=60)
    first_retry_seconds: float = Field(default=1, gt=0, le=3600)
    retry_ceiling_seconds: float = Field(default=600, gt=0, le=86400)
    max_attempts: int = Field(default=200, ge=1, le=100_000)
    shutdown_seconds: float = Field(default=20, gt=0, le=600)


class Config(_Section):
    """One daemon's configuration."""

    party: PartyConfig
    roles: RolesConfig
    store: StoreConfig | None = None
    transport: Annotated[
        EmbeddedTransportConfig | RabbitTransportConfig, Field(discriminator="kind")
    ]
    trust: TrustConfig
    keys: dict[str, KeyConfig] = {}
    national: NationalConfig | None = None
    connections: ConnectionsConfig | None = None
    authority: AuthorityConfig = AuthorityConfig()
    health: HealthConfig | None = None
    limits: LimitsConfig = LimitsConfig()

    @model_validator(mode="after")
    def _roles_have_what_they_need(self) -> Self:
        needs = {
            Role.GATEWAY: ("store", "national"),
            Role.ROUTER: ("store", "connections"),
            Role.AUTHORITY: ("national",),
        }
        for role in self.roles.run:
            for section in needs[role]:
                if getattr(self, section) is None:
                    msg = f"role {role} needs a section [{section}]"
                    raise ValueError(msg)
        if (Role.ROUTER in self.roles.run) != (self.party.state == REGION):
            msg = f"a router's state is {REGION}, and a gateway's is its country"
            raise ValueError(msg)
        return self


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        RefusedError: ``config.unreadable``, ``config.malformed``, ``config.invalid``.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise RefusedError(
            "config.unreadable",
            f"expected a readable file at {path}: {cause.strerror}",
            actor=Actor.OPERATOR,
        ) from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise RefusedError(
            "config.malformed", f"expected TOML in {path}: {cause}", actor=Actor.OPERATOR
        ) from cause
    try:
        config = Config.model_validate(raw)
    except ValidationError as cause:
        findings = tuple(_explain(cause))
        first = f"{findings[0].path or 'the file'}: {findings[0].message}"
        raise RefusedError(
            "config.invalid", f"{path}: {first}", actor=Actor.OPERATOR, findings=findings
        ) from cause
    return _absolute(config, path.resolve().parent)


_SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "party": PartyConfig,
    "roles": RolesConfig,
    "store": StoreConfig,
    "trust": TrustConfig,
    "national": NationalConfig,
    "connections": ConnectionsConfig,
    "authority": AuthorityConfig,
    "health": HealthConfig,
    "limits": LimitsConfig,
}


def _explain(error: ValidationError) -> list[Finding]:
    found = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        location = [str(step) for step in fault["loc"]]
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            section = _SECTIONS.get(location[0]) if len(location) > 1 else Config
            known = list(section.model_fields) if section else []
            near = difflib.get_close_matches(location[-1], known, n=1)
            message = "unknown key" + (f"; did you mean {near[0]!r}?" if near else "")
        found.append(
            Finding(
                code="config.invalid",
                severity=Severity.REFUSE,
                path=".".join(location),
                message=message,
                actor=Actor.OPERATOR,
            )
        )
    return found


def _absolute(config: Config, folder: Path) -> Config:
    """Take every relative path from the configuration's own folder."""

    def rebase(section: BaseModel) -> BaseModel:
        changed: dict[str, object] = {}
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, Path):
                changed[name] = folder / value
            elif isinstance(value, BaseModel):
                changed[name] = rebase(value)
            elif isinstance(value, dict):
                changed[name] = {key: rebase(each) for key, each in value.items()}
        return section.model_copy(update=changed)

    rebased = rebase(config)
    assert isinstance(rebased, Config)  # noqa: S101 - model_copy keeps the class
    return rebased


def resolve_secret(reference: str) -> str:
    """Get the secret behind ``env:NAME`` or ``file:PATH``.

    Raises:
        RefusedError: ``config.secret``: there is nothing behind the reference.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name in os.environ:
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as cause:
            raise RefusedError(
                "config.secret", f"expected a readable secret at {name}", actor=Actor.OPERATOR
            ) from cause
    raise RefusedError(
        "config.secret", f"expected a secret behind {kind}:{name}", actor=Actor.OPERATOR
    )
