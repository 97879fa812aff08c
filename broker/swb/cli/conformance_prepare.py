"""``swb conformance prepare``: what a gateway is tried with on its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.conformance_material import list_carried_kinds, prepare_material
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb_conformance.live import FIRST, KINDS, AmqpWire, WireError
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.cli.conformance_material import Prepared

__all__ = ["command"]

_SEED: Final = b"conformance material, for tests only: anybody has these keys"


@click.command("prepare", short_help="Make keys and trust for testing a gateway.")
@click.option("--state", required=True, metavar="CODE", help="Whose gateway is to be tested.")
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
    """
    transport = '[transport]\nkind = "embedded"\npath = "broker.db"\n'
    if target_url and target_url.startswith("amqp"):
        transport = '[transport]\nkind = "rabbitmq"\nurl = "env:SWB_AMQP_URL"\n'
    named = [each for each in adapters.split(",") if each]
    prepared = prepare_material(
        out,
        tested=state,
        at=SystemClock().now(),
        adapters=named or ["canonical"],
        kinds=_choose_kinds(kinds, named),
        transport=transport,
        seed=_SEED if fixed else None,
    )
    load_config(prepared.config)
    if target_url is not None:
        _make_line(target_url, state, out)
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


def _make_line(url: str, state: str, out: Path) -> None:
    if url.startswith("embedded:"):
        import asyncio  # noqa: PLC0415 - for this transport only

        from swb.app.provision import make_embedded_lines  # noqa: PLC0415 - slow to import

        path = Path(url.removeprefix("embedded:"))
        asyncio.run(make_embedded_lines(path if path.is_absolute() else out / path, [state]))
        return
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
