"""Where the profiles on the wire join ``swb conformance``."""

from __future__ import annotations

import os
import shlex
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from swb.cli.conformance_channel import without_password
from swb.cli.conformance_params import require_useful
from swb.clock import SystemClock
from swb.plugins import discover_adapters
from swb_conformance.engine import run_cases
from swb_conformance.live import (
    KINDS,
    AmqpWire,
    CommandAct,
    KeptRun,
    NoAct,
    Patience,
    PersonAct,
    Stage,
    WireError,
    list_cases,
    list_pair_cases,
    load_material,
)
from swb_conformance.target import Answer, BrokenTargetError
from swb_schemas.connections import Connection
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb.cli.conformance_params import LiveOptions
    from swb_conformance.events import Event
    from swb_conformance.live import Act, Wire
    from swb_conformance.target import Verb
    from swb_conformance.testing import SuiteCase

__all__ = ["GatewayTarget", "choose_act", "list_live_cases", "list_types", "open_wire", "run_live"]

_BUILTIN: Final = "builtin:"
_EMBEDDED: Final = "embedded:"
_AMQP: Final = ("amqp://", "amqps://")
_ENGINES: Final = "SWB_CONFORMANCE_ENGINES"
"""Set to run the built-in gateway on a private RabbitMQ and a private PostgreSQL."""


class GatewayTarget:
    """A gateway on its line, as the engine sees it: it has a name, and is not asked questions."""

    def __init__(self, name: str, description: Mapping[str, Any]) -> None:
        self._name = name
        self._description = description

    @property
    def name(self) -> str:
        """As it was named on the command line, without a password."""
        return self._name

    def describe(self) -> Mapping[str, Any]:
        """Whose gateway it is, and whom it is connected with."""
        return self._description

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        """See `Target.ask`."""
        del verb, octets, members
        message = "a gateway on its line is not asked questions"
        raise BrokenTargetError(message)

    def close(self) -> None:
        """See `Target.close`."""


def list_live_cases(profile: str) -> Sequence[SuiteCase]:
    """List the cases of a profile on the wire; of a pair, those about one line of each kind."""
    if profile == "pair":
        lines = [
            Connection.model_validate(
                {
                    "from": "TH",
                    "to": "VN",
                    "message_type": kind.message_type,
                    "agreement": kind.agreement,
                    "state": "TEST",
                }
            )
            for kind in KINDS.values()
        ]
        return list_pair_cases(None, lines)
    return list_cases(profile)


def run_live(profile: str, url: str, options: LiveOptions) -> Iterator[Event]:
    """Try a gateway on its line.

    Args:
        profile: ``gateway`` or ``end-to-end``.
        url: ``amqp://...``, ``amqps://...``, ``embedded:FILE``, or ``builtin:ADAPTER`` for this
            project's own gateway with that adapter.
        options: What else was asked for.

    Raises:
        click.UsageError: Something is missing on the command line.
        RefusedError: ``conformance.run_kept``, and as `run_cases`.
        UnavailableError: ``conformance.wire``, ``conformance.run_unwritable``.
    """
    if profile == "pair":
        raise click.UsageError("two states are tried with each other by swb conformance pair")
    try:
        with _open_stage(url, options) as stage:
            stage.wire.open()
            material = stage.material
            about = {
                "profile": profile,
                "tested": f"{material.tested} {material.partner} {material.third}",
                "target": without_password(url),
                "trust": digest_text_of(material.bundle),
                "suite": version("single-window-broker"),
                "kinds": " ".join(kind.name for kind in material.kinds),
            }
            cases = list_cases(profile, stage)
            if options.keep is not None:
                if url.startswith(_BUILTIN):
                    del about["trust"]  # its keys are drawn in each run
                cases = KeptRun(
                    options.keep, about=about, resume=options.resume, clock=SystemClock().now
                ).keep(cases)
            description = {
                "name": f"gateway of {material.tested}",
                "state": material.tested,
                "partner": material.partner,
                "third": material.third,
                "messages": list_types(
                    (kind.message_type, kind.agreement) for kind in material.kinds
                ),
            }
            yield from run_cases(
                cases,
                GatewayTarget(without_password(url), description),
                options.plan,
                description=description,
                clock=SystemClock().now,
                timer=time.monotonic,
            )
    except WireError as cause:
        raise UnavailableError("conformance.wire", str(cause)) from cause


@contextmanager
def _open_stage(url: str, options: LiveOptions) -> Iterator[Stage]:
    if options.resume and options.keep is None:
        raise click.UsageError("--resume goes on with the run in --keep DIR")
    if not url.startswith((_BUILTIN, _EMBEDDED, *_AMQP)):
        raise _no_line(url)
    if url.startswith(_BUILTIN):
        require_useful(("material", "act"), "this project's own gateway brings its own")
        from swb.cli.conformance_gateway import open_gateway  # noqa: PLC0415 - slow to import

        name = url.removeprefix(_BUILTIN)
        state = _find_state(name)
        with open_gateway(
            state=state,
            adapters=[name],
            engines=bool(os.environ.get(_ENGINES)),
            patience=_bound(options.plan.case_within),
        ) as stage:
            yield stage
        return
    if options.material is None:
        message = "a gateway on its line needs --material DIR, which swb conformance prepare makes"
        raise click.UsageError(message)
    material = load_material(options.material)
    wire = open_wire(url, state=material.tested)
    try:
        act = _choose_act(options)
        patience = _bound(options.plan.case_within)
        yield Stage(material=material, wire=wire, act=act, patience=patience)
    finally:
        wire.close()


def list_types(pairs: Iterable[tuple[str, str | None]]) -> list[dict[str, object]]:
    """List document types as a target's description does, each with its agreements."""
    about: dict[str, list[str]] = {}
    for message_type, agreement in pairs:
        under = about.setdefault(message_type, [])
        if agreement and agreement not in under:
            under.append(agreement)
    return [{"message_type": name, "agreements": under} for name, under in about.items()]


def open_wire(url: str, *, state: str) -> Wire:
    """Name the region's end of a line.

    Raises:
        click.BadParameter: It is no such URL.
    """
    if url.startswith(_EMBEDDED):
        from swb.cli.conformance_wire import EmbeddedWire  # noqa: PLC0415 - slow to import

        return EmbeddedWire(Path(url.removeprefix(_EMBEDDED)), state=state)
    if url.startswith(_AMQP):
        return AmqpWire(url, state=state)
    raise _no_line(url)


def _no_line(url: str) -> click.BadParameter:
    message = (
        "expected a line for a profile on the wire, amqp://, amqps:// or embedded:FILE, or "
        f"builtin:ADAPTER, found {without_password(url)[:40]!r}"
    )
    return click.BadParameter(message, param_hint="--target")


def _bound(case_within: float) -> Patience:
    """Half of a case's time is for what the gateway does by itself."""
    return Patience(answer=case_within / 2, act=case_within)


def _choose_act(options: LiveOptions) -> Act:
    if not options.act:
        return PersonAct(pausing=options.pausing)
    return choose_act(options.act, option="--act")


def choose_act(command: str, *, option: str) -> Act:
    """Have a command do the steps of a national side; ``none`` has nobody do them.

    Raises:
        click.BadParameter: It is no command line.
    """
    if command == "none":
        return NoAct()
    try:
        words = shlex.split(command)
    except ValueError as cause:
        raise click.BadParameter(
            f"expected a command line, found: {cause}", param_hint=option
        ) from cause
    if not words:
        raise click.BadParameter("expected a command line, found none", param_hint=option)
    return CommandAct(words)


def _find_state(adapter: str) -> str:
    """Find whose format an adapter reads; a standard's is tried as Thailand's."""
    try:
        state = discover_adapters().get(adapter).info.state
    except RefusedError as cause:
        raise click.BadParameter(str(cause), param_hint="--target") from cause
    return state or "TH"
