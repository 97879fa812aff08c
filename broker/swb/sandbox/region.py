"""Lays a region out in a folder, so that ``swb run --config`` works on every part of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

from swb.app.provision import make_development_keys, make_embedded_lines
from swb.app.tokens import make_member_tokens
from swb.config import Config, load_config
from swb.simulator.agreements import Pair, list_exchanges, list_pairs
from swb.simulator.declaring import list_exporters
from swb.simulator.goods import STATES
from swb_schemas.catalogue import Purpose, get_type
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.app.tokens import MemberTokens
    from swb_schemas.wire.revocation import Sources

__all__ = ["LOG_ORIGIN", "Region", "lay_out_region"]

_ADAPTERS = {
    "TH": ["thailand", "ephyto"],
    "VN": ["vietnam"],
    "ID": ["indonesia", "canonical"],
    "SG": ["aanzfta", "canonical"],
    "AU": ["aanzfta", "canonical"],
}
_OF_A_GATEWAY = (
    Purpose.ISSUING_SEAL,
    Purpose.CUSTOMS_SEAL,
    Purpose.RECEIPT_SEAL,
    Purpose.TRANSPORT,
    Purpose.DECRYPTION,
    Purpose.LOG,
)
_OF_THE_ROUTER = (Purpose.RECEIPT_SEAL, Purpose.TRANSPORT, Purpose.LOG)

LOG_ORIGIN: Final = "region.example/log"
"""The log of a region on one machine."""
_LOG_FOLDER: Final = "log"
_STORE_URL: Final = "postgres-url"
"""File with the connection string of the stores' database."""
_LOG_SECONDS: Final = 0.5
"""How often a region on one machine grows its log, and its gateways look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where everything lies.

    Attributes:
        folder: The region's folder.
        states: Its members.
        gateways: Configuration files of the gateways, by state.
        authorities: Configuration files of the simulated authorities, by state.
        routers: Configuration files of the routers, which share store, keys and log.
        bundle: The trust bundle.
        down: Seconds for which a state's single window is down when it starts.
        is_logged: Whether the router keeps the evidence log.
    """

    folder: Path
    states: tuple[str, ...]
    gateways: Mapping[str, Path]
    authorities: Mapping[str, Path]
    routers: tuple[Path, ...]
    bundle: Path
    down: Mapping[str, float]
    is_logged: bool = True

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Who exports to whom under which agreement."""
        return tuple(list_pairs(self.states))

    @property
    def router(self) -> Path:
        """Configuration file of the first router."""
        return self.routers[0]

    def configs(self) -> list[Config]:
        """Every configuration, the routers' first."""
        files = [*self.routers, *self.gateways.values(), *self.authorities.values()]
        return [load_config(file) for file in files]

    @property
    def log(self) -> Path:
        """Where the region's log is published."""
        return self.folder / _LOG_FOLDER

    def key(self, state: str, purpose: Purpose) -> tuple[Path, Path]:
        """Private key and certificate of a state's party, or of the region's."""
        folder = self.folder / "trust" / "keys" / state
        return folder / f"{purpose}.pem", folder / f"{purpose}.crt.pem"

    def root(self, state: str) -> tuple[Path, Path]:
        """Root certificate and key of a state, or of the region."""
        trust = self.folder / "trust"
        return trust / "roots" / f"{state}.pem", trust / "keys" / state / "root.pem"

    def drop_folder(self, state: str) -> Path:
        """The drop folder between a state's gateway and its single window."""
        return self.folder / "national" / state


async def lay_out_region(  # noqa: PLR0913 - one for each part of a region
    folder: Path,
    *,
    states: Sequence[str] = ("TH", "VN"),
    quiet: Sequence[str] = (),
    at: datetime,
    amqp_url: str | None = None,
    amqp_users: Mapping[str, str] | None = None,
    seed: int = 1,
    protect: bool = True,
    answers: bool = True,
    log: bool = True,
    routers: int = 1,
    limits: Mapping[str, float] | None = None,
    down: Mapping[str, float] | None = None,
    time_stamps: str | None = None,
    in_tokens: bool = False,
    sources: Mapping[str, Sources] | None = None,
    store_url: str | None = None,
) -> Region:
    """Make keys, trust lists, configurations and, for the embedded transport, its file.

    Args:
        folder: Empty, or missing.
        states: Members, of those that the simulator knows.
        quiet: Further members, of which there is no more than keys and connections with all.
        at: When the keys are made.
        amqp_url: RabbitMQ whose topology is applied already; None is the embedded transport.
        amqp_users: By state and ``REGION``: the same with a user of its own; where it is left
            out, all have one user.
        seed: Of the simulated authorities.
        protect: Whether document bodies are encrypted.
        answers: Whether the simulated customs offices answer.
        log: Whether the router keeps the evidence log and the gateways watch it.
        routers: How many, of one store.
        limits: Values for ``[limits]``.
        down: Seconds for which a state's single window is down when it starts.
        time_stamps: URL of the time-stamp authority that every gateway asks; None stamps nothing.
        in_tokens: Whether every key of members and router is made in a token of a private SoftHSM
            and stays there; roots and the time-stamp authority's are files.
        sources: By state: where is asked whether its certificates still hold. Where given, every
            certificate needs an answer.
        store_url: PostgreSQL database in which every daemon has a schema of its own; None keeps
            each store in a SQLite file.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    further = _list_further_roles(tuple(states))
    beside = [each for purposes in further.values() for each in purposes]
    tokens = None
    if in_tokens:
        members = [*states, REGION]
        tokens = await make_member_tokens(folder / "softhsm", members, further=beside)
    keys = make_development_keys(
        folder / "trust",
        (*states, *quiet),
        Environment.TEST,
        at,
        public_keys=tokens.public_keys if tokens else None,
        sources=sources,
        further=further,
    )
    if amqp_url is None:
        await make_embedded_lines(folder / "broker.db", (*states, *quiet))
    if store_url is not None:
        secret = folder / _STORE_URL
        secret.touch(mode=0o600)
        secret.write_text(store_url, encoding="utf-8")
    transport = {
        party: _transport(folder, party, amqp_users[party] if amqp_users else amqp_url)
        for party in (*states, REGION)
    }
    common = '\n[trust]\nbundle = "trust/bundle.json"\n'
    if sources is not None:
        common += '\n[trust.revocation]\npolicy = "require"\n'
    common += '\n[connections]\ntable = "connections.toml"\n'
    if limits:
        common += "\n[limits]\n" + "".join(f"{name} = {value}\n" for name, value in limits.items())
    gateways, authorities = {}, {}
    for state in states:
        national = (
            f"\n[national]\nadapters = {json.dumps(_ADAPTERS[state])}\n"
            f'drop_folder = "national/{state}"\nconsents = "consents-{state}.toml"\n'
        )
        _write(folder / f"consents-{state}.toml", _consents(state))
        gateways[state] = _write(
            folder / f"gateway-{state}.toml",
            _head(state, "gateway")
            + _store(state, in_postgres=store_url is not None)
            + transport[state]
            + common
            + national
            + _evidence(state, time_stamps)
            + (_witness(state) if log else "")
            + _reconciliation(state)
            + _keys(state, (*_OF_A_GATEWAY, *beside), tokens),
        )
        authorities[state] = _write(
            folder / f"authority-{state}.toml",
            _head(state, "authority")
            + transport[state]
            + common
            + national
            + f"\n[authority]\nseed = {seed}\nanswers = {str(answers).lower()}\n"
            + f"down_seconds = {(down or {}).get(state, 0)}\n",
        )
    _write(folder / "connections.toml", _connections(states, quiet, protect=protect))
    router = (
        _head(REGION, "router")
        + _store(REGION, in_postgres=store_url is not None)
        + transport[REGION]
        + common
        + (_ledger() if log else "")
        + _keys(REGION, _OF_THE_ROUTER, tokens)
    )
    names = ["router", *(f"router-{number}" for number in range(2, routers + 1))]
    return Region(
        folder=folder,
        states=tuple(states),
        gateways=gateways,
        authorities=authorities,
        routers=tuple(_write(folder / f"{name}.toml", router) for name in names),
        bundle=keys.bundle,
        down=down or {},
        is_logged=log,
    )


def _transport(folder: Path, party: str, amqp_url: str | None) -> str:
    if amqp_url is None:
        return '[transport]\nkind = "embedded"\npath = "broker.db"\n'
    secret = folder / f"amqp-{party}.url"
    secret.touch(mode=0o600)
    secret.write_text(amqp_url, encoding="utf-8")
    return f'[transport]\nkind = "rabbitmq"\nurl = {json.dumps(f"file:{secret}")}\n'


def _connections(states: Sequence[str], quiet: Sequence[str], *, protect: bool) -> str:
    everybody = permutations((*states, *quiet), 2)
    beside = (Pair(*each, "ATIGA") for each in everybody if not set(quiet).isdisjoint(each))
    return "\n".join(
        f'[[connection]]\nfrom = "{pair.exporting}"\nto = "{pair.importing}"\n'
        f'message_type = "{pair.message_type}"\nagreement = "{pair.agreement}"\nstate = "LIVE"\n'
        f"terms = {{ protected = {str(protect).lower()} }}\n"
        for pair in (*list_exchanges(tuple(states)), *beside)
    )


def _list_further_roles(states: tuple[str, ...]) -> dict[str, tuple[Purpose, ...]]:
    """List the authorities beside customs and issuing ones, and what their keys are for."""
    kinds = {get_type(pair.message_type) for pair in list_exchanges(states)}
    return {
        kind.issuing_role: (kind.seal_purpose,)
        for kind in sorted(kinds, key=lambda each: each.message_type)
        if kind.seal_purpose not in _OF_A_GATEWAY
    }


def _consents(state: str) -> str:
    """Every simulated exporter consents to the exchange of its data."""
    return "\n".join(
        f'[[consent]]\nexporter = "{number}"\nfrom = 2020-01-01\n'
        for number, *_ in list_exporters(state)
    )


def _ledger() -> str:
    return (
        f'\n[ledger]\npath = "store/REGION.ledger.db"\norigin = "{LOG_ORIGIN}"\n'
        f'publish = "{_LOG_FOLDER}"\ninterval_seconds = {_LOG_SECONDS}\n'
        f"lease_seconds = {4 * _LOG_SECONDS}\n"
    )


def _witness(state: str) -> str:
    return (
        f'\n[witness]\npath = "store/{state}.witness.db"\norigin = "{LOG_ORIGIN}"\n'
        f'log = "file:{_LOG_FOLDER}"\ninterval_seconds = {_LOG_SECONDS}\n'
    )


def _reconciliation(state: str) -> str:
    return f'\n[reconciliation]\npath = "store/{state}.reconciliation.db"\n'


def _head(state: str, role: str) -> str:
    return f'[party]\nstate = "{state}"\nenvironment = "test"\n\n[roles]\nrun = ["{role}"]\n\n'


def _store(state: str, *, in_postgres: bool) -> str:
    kind = f'kind = "postgres"\nurl = "file:{_STORE_URL}"\nschema = "{state.lower()}"\n'
    return f'[store]\npath = "store/{state}.db"\n{kind if in_postgres else ""}\n'


def _evidence(state: str, time_stamps: str | None) -> str:
    if time_stamps is None:
        return ""
    return (
        f'\n[evidence]\npath = "evidence/{state}.db"\n'
        f"authorities = {json.dumps([time_stamps])}\ninterval_seconds = 1\n"
    )


def _keys(state: str, purposes: Sequence[Purpose], tokens: MemberTokens | None) -> str:
    return "".join(
        f"\n[keys.{purpose}]\n"
        + (_in_token(state, purpose, tokens) if tokens else _in_file(state, purpose))
        + f'certificate = "trust/keys/{state}/{purpose}.crt.pem"\n'
        for purpose in purposes
    )


def _in_file(state: str, purpose: Purpose) -> str:
    return f'key = "trust/keys/{state}/{purpose}.pem"\n'


def _in_token(state: str, purpose: Purpose, tokens: MemberTokens) -> str:
    return (
        f'kind = "pkcs11"\nmodule = {json.dumps(str(tokens.module))}\n'
        f'token = "{state}"\nlabel = "{purpose}"\npin = "file:softhsm/{state}.pin"\n'
    )


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def list_states() -> tuple[str, ...]:
    """States that a region on one machine can have."""
    return tuple(state for state in STATES if state in _ADAPTERS)
