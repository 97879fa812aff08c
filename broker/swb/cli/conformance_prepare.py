"""``swb conformance prepare``: what a gateway is tried with on its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import known_state
from swb.cli.conformance_channel import without_password
from swb.cli.conformance_material import list_carried_kinds, prepare_material
from swb.cli.conformance_params import configure_quiet_logs
from swb.cli.outcome import UnknownNameError
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb.plugins import discover_adapters
from swb_conformance.live import FIRST, KINDS, AmqpWire, WireError
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.cli.conformance_material import Prepared

__all__ = ["command"]

_EMBEDDED: Final = "embedded:"
_SEED: Final = b"conformance material, for tests only: anybody has these keys"


def _read_state(context: click.Context, param: click.Parameter, value: str) -> str:
    """Take only a country's code; the callback of an option."""
    state = known_state(context, param, value)
    if state is None or state == REGION:
        raise click.BadParameter(f"expected a country's code such as TH, found {value!r}")
    return state


@click.command("prepare", short_help="Make keys and trust for testing a gateway.")
@click.option(
    "--state",
    required=True,
    metavar="CODE",
    callback=_read_state,
    help="Whose gateway is to be tested.",
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the material goes; a folder without keys.",
)
@click.option(
    "--adapters",
    default="",
    metavar="NAMES",
    help="Of this project's gateway, divided by commas, for its configuration.",
)
@click.option(
    "--kinds",
    default="",
    metavar="NAMES",
    help="Of documents that are exchanged, divided by commas, such as CertificateIssue-ATIGA. "
    "What the adapters carry unless said; without adapters a Form D.",
)
@click.option("--fixed", is_flag=True, help="The same keys each time; everybody has them.")
@click.option(
    "--target-url",
    metavar="URL",
    help="Make the line's exchanges and queues, where they are missing, at amqp://...; its vhost "
    "swb.STATE has to exist. embedded:FILE makes that file.",
)
def command(  # noqa: PLR0917 - one for each option
    state: str, out: Path, adapters: str, kinds: str, fixed: bool, target_url: str | None
) -> Answer:
    """Make the material with which the profiles on the wire are played.

    Keys of the tested state, of four states that the suite plays and of the region's router, the
    trust bundle of all, the table of connections, a configuration of this project's gateway, and a
    page that tells what to do with any other. The keys are for tests and nothing else.

    State, adapters and line are tried before the first file is written.
    """
    configure_quiet_logs()
    named = _read_adapters(adapters)
    chosen = _choose_kinds(kinds, named)
    if target_url is not None:
        _require_line(target_url, state)
    transport = '[transport]\nkind = "embedded"\npath = "broker.db"\n'
    if target_url and target_url.startswith("amqp"):
        transport = '[transport]\nkind = "rabbitmq"\nurl = "env:SWB_AMQP_URL"\n'
    prepared = prepare_material(
        out,
        tested=state,
        at=SystemClock().now(),
        adapters=named or ["canonical"],
        kinds=chosen,
        transport=transport,
        seed=_SEED if fixed else None,
    )
    load_config(prepared.config)
    if target_url is not None and target_url.startswith(_EMBEDDED):
        path = Path(target_url.removeprefix(_EMBEDDED))
        _make_embedded_line(path if path.is_absolute() else out / path, state)
    return Answer(
        value={
            "folder": str(out),
            "states": dict(prepared.states),
            "kinds": list(prepared.kinds),
            "config": str(prepared.config),
        },
        text="\n".join(_spell(prepared)),
    )


def _choose_kinds(told: str, adapters: Sequence[str]) -> Sequence[str]:
    kinds = [each for each in told.split(",") if each]
    if unknown := [each for each in kinds if each not in KINDS]:
        message = f"expected kinds out of {', '.join(KINDS)}, found {unknown[0][:40]!r}"
        raise click.BadParameter(message, param_hint="--kinds")
    return kinds or list_carried_kinds(adapters) or [FIRST]


def _read_adapters(told: str) -> Sequence[str]:
    named = [each.strip() for each in told.split(",") if each.strip()]
    known = discover_adapters()
    try:
        for name in named:
            known.get(name)
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause
    return named


def _make_embedded_line(path: Path, state: str) -> None:
    import asyncio  # noqa: PLC0415 - for this transport only

    from swb.app.provision import make_embedded_lines  # noqa: PLC0415 - slow to import

    asyncio.run(make_embedded_lines(path, [state]))


def _require_line(url: str, state: str) -> None:
    """Make a line over AMQP; one in a file is made in the folder of the material."""
    if url.startswith(_EMBEDDED):
        return
    if not url.startswith(("amqp://", "amqps://")):
        found = without_password(url)[:40]
        message = f"expected amqp://, amqps:// or embedded:FILE, found {found!r}"
        raise click.BadParameter(message, param_hint="--target-url")
    wire = AmqpWire(url, state=state, declare=True)
    try:
        wire.open()
    except WireError as cause:
        raise UnavailableError("conformance.wire", str(cause)) from cause
    finally:
        wire.close()


def _spell(prepared: Prepared) -> Sequence[str]:
    out = prepared.folder
    lines = [f"{role:9}  {state}" for role, state in prepared.states.items()]
    lines += [f"kind       {each}" for each in prepared.kinds]
    return [*lines, f"material   {out}", f"read       {out / 'README.md'}"]
