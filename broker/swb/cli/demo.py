"""``swb demo``: the main job on one machine, on embedded defaults or over RabbitMQ."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.app.access import open_rabbitmq_by_user
from swb.app.storing import open_private_postgres
from swb.cli.demo_report import MARK, MARK_TEXT, DemoReport, describe_report
from swb.cli.ending import run_in_order
from swb.cli.options import STORE
from swb.cli.progress import make_bar
from swb.clock import SystemClock
from swb.observability import configure_logs
from swb.sandbox.demo import draw_documents, run_demo
from swb.sandbox.keeping import keep_region
from swb.sandbox.region import lay_out_region, list_states
from swb.sandbox.surroundings import take_addresses
from swb.sandbox.timeline import pick_example, read_timeline
from swb.simulator.authority import read_returned
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from swb.cli.output import Answer

__all__ = ["PATIENCE", "PATIENCE_A_DOCUMENT", "command"]

_DOWN_FOR: Final = 2.0
"""Seconds for which one of the single windows is down at the beginning."""
PATIENCE: Final = 60.0
"""Seconds that a demonstration may take, beside what its documents need."""
PATIENCE_A_DOCUMENT: Final = 0.5


@click.command("demo", short_help="Send certificates across borders and back.")
@click.option(
    "--documents",
    default=34,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many documents, each pair of states with each type in turn.",
)
@click.option(
    "--transport",
    default="embedded",
    show_default=True,
    type=click.Choice(["embedded", "rabbitmq"]),
    help="What carries the messages.",
)
@STORE
@click.option(
    "--nodes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 5),
    help="Nodes of the private RabbitMQ; three can lose one.",
)
@click.option(
    "--seed", default=1, show_default=True, type=int, help="What goods and answers are drawn from."
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave every message, sealed document, payload and store, and the trust lists in DIR; "
    "what an earlier demonstration left there is removed, with whatever was put beside it.",
)
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with a vhost swb.STATE for each state, not a private one [SWB_AMQP_URL].",
)
@click.option(
    "--protect/--clear",
    default=True,
    show_default=True,
    help="Whether document bodies are encrypted for the receiving gateway.",
)
@click.option(
    "--keys",
    default="files",
    show_default=True,
    type=click.Choice(["files", "softhsm"]),
    help="Where every key of members and router is: in files, or made in SoftHSM tokens.",
)
def command(  # noqa: PLR0917 - one for each option
    documents: int,
    transport: str,
    store: str,
    nodes: int,
    seed: int,
    keep: Path | None,
    amqp_url: str | None,
    protect: bool,
    keys: str,
) -> Answer:
    """Run gateways, router and simulated authorities of five states on this machine.

    Documents cross borders in both directions: Form Ds between TH, VN, ID and SG, extracts of
    export declarations (ACDD) between TH, VN and SG, AANZFTA certificates between AU and SG,
    certificates of inspection between ID and SG, phytosanitary, animal health and food safety
    certificates between TH, ID and SG. Each is followed through AS1, AS2 and AS3; what customs
    takes up to its receipt (RES), and certificates of origin to GIVEN, NOT GIVEN or PENDING, some
    of them to cancellation and verification. Authorities, traders and goods are simulated;
    everything else is real.

    Exit status: 0 when nothing was lost, doubled or refused, 1 otherwise.
    """
    configure_logs(level=logging.ERROR)
    if keep is not None and store == "postgres":
        message = "--keep leaves the stores behind, and a private PostgreSQL ends: use sqlite"
        raise click.UsageError(message)
    if keep is not None:
        _make_room(keep)
    with tempfile.TemporaryDirectory(prefix="swb-demo-") as folder:
        report = run_in_order(
            _demonstrate(
                Path(folder),
                documents=documents,
                transport=transport,
                store=store,
                nodes=nodes,
                seed=seed,
                keep=keep,
                amqp_url=amqp_url,
                protect=protect,
                in_tokens=keys == "softhsm",
            )
        )
    return describe_report(report)


def _make_room(keep: Path) -> None:
    """Have an empty folder that can be written; what an earlier demonstration left may go."""
    try:
        if (keep / MARK).is_file():
            shutil.rmtree(keep)
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            message = f"expected {keep} to be empty or missing, or left by an earlier demonstration"
            raise RefusedError("demo.keep_not_empty", message, actor=Actor.OPERATOR)
        (keep / MARK).write_text(MARK_TEXT)
    except OSError as cause:
        message = f"expected to write into {keep}: {cause.strerror}"
        raise UnavailableError("demo.keep_unwritable", message) from cause


async def _demonstrate(
    folder: Path,
    *,
    documents: int,
    transport: str,
    store: str,
    nodes: int,
    seed: int,
    keep: Path | None,
    amqp_url: str | None,
    protect: bool,
    in_tokens: bool,
) -> DemoReport:
    states = list_states()
    async with AsyncExitStack() as stack:
        access = None
        if transport == "rabbitmq":
            access = await stack.enter_async_context(
                open_rabbitmq_by_user(amqp_url, states, nodes=nodes)
            )
            if amqp_url is not None:
                from swb.sandbox.pipe import check_idle  # noqa: PLC0415 - needs an extra

                await check_idle(access.url, states)
        store_url = None
        if store == "postgres":
            store_url = await stack.enter_async_context(open_private_postgres())
        now = SystemClock().now()
        surroundings = take_addresses(states)
        stack.callback(surroundings.close)
        region = await lay_out_region(
            folder / "region",
            states=states,
            at=now,
            amqp_url=access.url if access else None,
            amqp_users=access.users if access else None,
            seed=seed,
            protect=protect,
            down={states[seed % len(states)]: _DOWN_FOR},
            time_stamps=surroundings.time_stamps,
            sources=surroundings.sources,
            in_tokens=in_tokens,
            store_url=store_url,
        )
        await stack.enter_async_context(surroundings.serve(region))
        certificates = draw_documents(states=states, documents=documents, seed=seed, on=now.date())
        with make_bar(documents, "Certificates whose road has ended") as bar:
            result = await run_demo(
                region,
                certificates,
                seed=seed,
                transport=transport,
                on_progress=lambda ended: bar.update(ended - bar.pos),
                give_up_after=PATIENCE + documents * PATIENCE_A_DOCUMENT,
            )
        example = pick_example(
            [each for each in certificates if isinstance(each, CertificateOfOrigin)], seed=seed
        )
        moments = await read_timeline(region, example)
        if keep is not None:
            try:
                await keep_region(region, keep)
            except OSError as cause:
                message = f"expected to write into {keep}: {cause.strerror}"
                raise UnavailableError("demo.keep_unwritable", message) from cause
        returned = sum(len(read_returned(region.drop_folder(state))) for state in states)
    return DemoReport(
        result=result,
        example=example,
        moments=moments,
        keep=keep,
        returned=returned,
        in_tokens=in_tokens,
    )
