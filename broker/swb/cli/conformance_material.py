"""The material of the live profiles: keys of every part, trust, connections, configuration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb.app.provision import make_development_keys
from swb.plugins import discover_adapters
from swb_conformance.live import CONSENTING, FIRST, FORMAT, KINDS, ROLES, SILENT
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb_conformance.live import Kind

__all__ = ["MEMBERS", "Prepared", "list_carried_kinds", "prepare_material"]

MEMBERS: Final = ("VN", "TH", "ID", "SG", "MY", "PH", "KH", "LA", "MM", "BN")
"""Of whom the parts that the suite plays are taken, in this order."""
_PURPOSES: Final = (
    Purpose.ISSUING_SEAL,
    Purpose.CUSTOMS_SEAL,
    Purpose.RECEIPT_SEAL,
    Purpose.TRANSPORT,
    Purpose.DECRYPTION,
)
"""Of every gateway, whatever it exchanges."""
_CONSENTS: Final = "consents.toml"
_README: Final = """# Material for testing the gateway of {tested}

Made by `swb conformance prepare`. **The keys are for tests and nothing else.** What to do with it
is told in docs/conformance/live.md; in short:

1. Trust exactly the roots in `trust/roots/` (environment `test`); `trust/bundle.json` has them
   with the signed lists of all.
2. Give your gateway the keys of {tested} in `trust/keys/{tested}/` (PEM, P-256, PKCS #8;
   certificates beside them).
3. Connect it as `connections.toml` says: with {partner} and {third} both ways (TEST), with
   {suspended} suspended, with {stranger} not at all. Bodies are protected. Exchanged are
   {kinds}.
   The exporter {consenting} consents to that (`consents.toml`), and {silent} does not.
4. It reads the queue `inbox` and publishes to the exchange `submit` of the vhost `swb.{tested}`,
   with the routing key `test.{tested}`.
5. `swb conformance run --profile gateway --target URL --material THIS-FOLDER --act COMMAND`

`gateway-{tested}.toml` configures this project's own gateway so.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was made.

    Attributes:
        folder: Where.
        states: By role: who is who.
        kinds: Of documents that are exchanged.
        config: Of this project's gateway.
    """

    folder: Path
    states: Mapping[str, str]
    kinds: Sequence[str]
    config: Path


def prepare_material(
    folder: Path,
    *,
    tested: str,
    at: datetime,
    adapters: Sequence[str],
    kinds: Sequence[str] = (FIRST,),
    transport: str = '[transport]\nkind = "embedded"\npath = "broker.db"\n',
    store: str = "",
    limits: Mapping[str, float] | None = None,
    seed: bytes | None = None,
) -> Prepared:
    """Make a folder of material.

    Args:
        folder: Without material; made where it is missing.
        tested: State whose gateway is tested.
        at: When the keys are made.
        adapters: For this project's gateway.
        kinds: Of documents that are exchanged, names out of `swb_conformance.live.KINDS`.
        transport: Section ``[transport]`` for it.
        store: Lines for its section ``[store]``.
        limits: Its ``[limits]``.
        seed: Makes the same keys each time; None draws them.

    Raises:
        RefusedError: ``keys.exist``.
        UnavailableError: ``keys.unwritable``.
    """
    exchanged = [KINDS[name] for name in kinds]
    others = [state for state in MEMBERS if state != tested]
    if len(tested) != len("TH") or not tested.isupper():
        message = f"expected a state's two letters, found {tested[:20]!r}"
        raise RefusedError("topology.member", message, actor=Actor.OPERATOR)
    states = dict(zip(ROLES, [tested, *others], strict=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        members = list(states.values())
        further = _list_further(exchanged)
        make_development_keys(
            folder / "trust", members, Environment.TEST, at, seed=seed, further=further
        )
        config = folder / f"gateway-{tested}.toml"
        purposes = [*_PURPOSES, *(each for found in further.values() for each in found)]
        for file, text in (
            (folder / "material.toml", _material(states, kinds)),
            (folder / "connections.toml", _connections(states, exchanged)),
            (folder / _CONSENTS, f'[[consent]]\nexporter = "{CONSENTING}"\nfrom = 2020-01-01\n'),
            (
                folder / "README.md",
                _README.format(
                    **states, kinds=", ".join(kinds), consenting=CONSENTING, silent=SILENT
                ),
            ),
            (
                config,
                _configuration(
                    tested,
                    adapters,
                    transport=transport,
                    store=store,
                    limits=limits or {},
                    purposes=purposes,
                ),
            ),
        ):
            file.write_text(text, encoding="utf-8")
    except OSError as cause:
        message = f"expected a folder that can be written, found: {cause.strerror}"
        raise UnavailableError("keys.unwritable", message) from cause
    return Prepared(folder=folder, states=states, kinds=tuple(kinds), config=config)


def list_carried_kinds(adapters: Sequence[str]) -> list[str]:
    """List the kinds of documents that adapters read and write, in the order of the suite's table.

    Raises:
        RefusedError: ``adapter.unknown``.
    """
    known = discover_adapters()
    carried = [each for name in adapters for each in known.get(name).info.messages]
    return [
        kind.name
        for kind in KINDS.values()
        if any(
            each.message_type == kind.message_type
            and each.reads
            and each.writes
            and (not each.agreements or kind.agreement in each.agreements)
            for each in carried
        )
    ]


def _material(states: Mapping[str, str], kinds: Sequence[str]) -> str:
    lines = [f"format = {json.dumps(FORMAT)}"]
    lines += [f"{role} = {json.dumps(state)}" for role, state in states.items()]
    return "\n".join([*lines, f"kinds = {json.dumps(list(kinds))}", ""])


def _list_further(kinds: Sequence[Kind[Any]]) -> dict[str, tuple[Purpose, ...]]:
    """List the authorities beside customs and issuing ones, and what their keys are for."""
    return {
        kind.type.issuing_role: (kind.type.seal_purpose,)
        for kind in kinds
        if kind.type.seal_purpose not in _PURPOSES
    }


def _connections(states: Mapping[str, str], kinds: Sequence[Kind[Any]]) -> str:
    tested = states["tested"]
    lines = ["# Whom the gateway under test is connected with. What is not here is denied.\n"]
    for kind in kinds:
        for role, state in (("partner", "TEST"), ("third", "TEST"), ("suspended", "SUSPENDED")):
            for one, other in ((tested, states[role]), (states[role], tested)):
                lines.append(
                    f'[[connection]]\nfrom = "{one}"\nto = "{other}"\n'
                    f'message_type = "{kind.message_type}"\nagreement = "{kind.agreement}"\n'
                    f'state = "{state}"\nterms = {{ protected = true }}\n'
                )
    return "\n".join(lines)


def _configuration(
    tested: str,
    adapters: Sequence[str],
    *,
    transport: str,
    store: str,
    limits: Mapping[str, float],
    purposes: Sequence[Purpose],
) -> str:
    keys = "".join(
        f"\n[keys.{purpose}]\n"
        f'key = "trust/keys/{tested}/{purpose}.pem"\n'
        f'certificate = "trust/keys/{tested}/{purpose}.crt.pem"\n'
        for purpose in purposes
    )
    bounds = "".join(f"{name} = {value}\n" for name, value in limits.items())
    return (
        f'[party]\nstate = "{tested}"\nenvironment = "test"\n\n[roles]\nrun = ["gateway"]\n\n'
        f'[store]\npath = "store/{tested}.db"\n{store}\n'
        f"{transport}\n"
        '[trust]\nbundle = "trust/bundle.json"\n\n'
        '[connections]\ntable = "connections.toml"\n\n'
        f"[national]\nadapters = {json.dumps(list(adapters))}\n"
        f'drop_folder = "national/{tested}"\nconsents = "{_CONSENTS}"\n\n'
        f'[reconciliation]\npath = "store/{tested}.reconciliation.db"\n'
        + (f"\n[limits]\n{bounds}" if bounds else "")
        + keys
    )
