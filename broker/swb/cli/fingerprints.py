"""``swb fingerprints``: under which keys alike certificates are found, and forgetting them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Reason
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.config import Config
    from swb.ports import FingerprintKeyUse

__all__ = ["command"]

_CONFIG: Final = config_option("The gateway's configuration (TOML)", "config_file")


@click.group("fingerprints", short_help="Look at fingerprints of invoices and consignments.")
def command() -> None:
    """Look at the keyed fingerprints by which alike certificates are found, and forget them.

    They are kept only for pairs whose terms say so and name a legal basis, and no longer than the
    document.
    """


@command.command("list", short_help="List keys, and how much is kept under each.")
@_CONFIG
def list_(config_file: Path) -> Answer:
    """List the keys that are configured, and those under which something is kept.

    Of each partner the last key is current: under it fingerprints are kept. Under earlier ones
    they are still compared; under one that is not configured they are of no use any more, and
    swb fingerprints forget removes them.
    """
    config = load_config(config_file)
    rows = _describe(config, asyncio.run(_count(config)))
    text = (
        f"{each['key_id']}: {each['documents']} documents, {each['fingerprints']} fingerprints; "
        f"{_spell_use(each)}"
        for each in rows
    )
    return Answer(
        value={"keys": rows}, text="\n".join(text) or "no keys, and nothing is kept under any"
    )


@command.command("forget", short_help="Forget every fingerprint under a key.")
@click.argument("key_id", metavar="KEY")
@_CONFIG
@click.option(
    "--reason", type=Reason(), metavar="TEXT", required=True, help="Why, for the audit trail."
)
def forget(key_id: str, config_file: Path, reason: str) -> Answer:
    """Forget every fingerprint that is kept under KEY, by its id.

    For a key that was retired or stolen, or whose legal basis has ended. The documents stay. Take
    the key out of the configuration first, or new fingerprints follow. An id that is neither
    configured nor kept is refused.
    """
    forgotten = asyncio.run(_forget(load_config(config_file), key_id, reason))
    return Answer(
        value={"key_id": key_id, "forgotten": forgotten},
        text=f"forgotten: {forgotten} fingerprints under {key_id}",
    )


async def _count(config: Config) -> Sequence[FingerprintKeyUse]:
    from swb.app import open_store  # noqa: PLC0415 - slow to import

    async with open_store(config) as store:
        return await store.list_fingerprint_keys()


async def _forget(config: Config, key_id: str, reason: str) -> int:
    from swb.app import open_store  # noqa: PLC0415 - slow to import
    from swb.app.auditing import open_audit  # noqa: PLC0415 - as above

    async with open_store(config) as store, open_audit(config, create=True) as trail:
        known = [each["key_id"] for each in _describe(config, await store.list_fingerprint_keys())]
        if key_id not in known:
            kept = f"one of the keys {', '.join(map(str, known))}"
            spelled = kept if known else "the id of a key, of which none is kept"
            message = f"expected {spelled}, found {key_id[:40]!r}"
            raise RefusedError("fingerprint.key_unknown", message, actor=Actor.OPERATOR)
        await trail.append(
            at=SystemClock().now(),
            who=find_operator(),
            action="fingerprints forget",
            subject=key_id,
            detail=reason,
        )
        return await store.forget_fingerprints(key_id)


def _describe(config: Config, uses: Sequence[FingerprintKeyUse]) -> list[dict[str, object]]:
    configured = config.fingerprints.keys if config.fingerprints else ()
    kept = {each.key_id: each for each in uses}
    current: dict[str, str] = {}
    for key in configured:
        for partner in key.partners:
            current[partner] = key.id
    partners = {key.id: key.partners for key in configured}
    return [
        {
            "key_id": key_id,
            "current_for": [each for each in partners.get(key_id, ()) if current[each] == key_id],
            "earlier_for": [each for each in partners.get(key_id, ()) if current[each] != key_id],
            "documents": kept[key_id].documents if key_id in kept else 0,
            "fingerprints": kept[key_id].fingerprints if key_id in kept else 0,
        }
        for key_id in dict.fromkeys((*partners, *kept))
    ]


def _spell_use(row: dict[str, object]) -> str:
    said = [
        f"{word} with {', '.join(map(str, states))}"
        for word, states in (("current", row["current_for"]), ("earlier", row["earlier_for"]))
        if isinstance(states, list) and states
    ]
    return "; ".join(said) or "not configured"
