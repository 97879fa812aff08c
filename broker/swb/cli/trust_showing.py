"""``swb trust show`` and ``verify``: what is believed, until when, and whether it holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE, Moment, read_octets
from swb.cli.options import config_option
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb.cli.trust_draft_showing import PURPOSE_WIDTH, spell_draft
from swb.cli.trust_files import BUNDLE_LIMIT, TRUST_OPTION, check_kind, load_bundle, told_operator
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.expiries import find_expiries
from swb.core.trust_drafts import read_draft
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import GATEWAY, PartyId
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.publication import take_publication
from swb_schemas.wire.trust import Distrust, TrustBundle
from swb_schemas.wire.trust_list import BUNDLE_FORMAT, TrustListForm
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import check_succession, remember
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.core.distrust import DistrustStatement
    from swb.core.expiries import Expiry
    from swb_schemas.errors import SwbError
    from swb_schemas.wire.trust import ListedCertificate, TrustList

__all__ = ["show", "verify"]


@click.command("show", short_help="Show what is believed, and until when.")
@click.argument("file", required=False, type=EXISTING_FILE)
@config_option(
    "Configuration (TOML) of a daemon: what it believes, with newer lists that it fetched",
    "config_file",
    required=False,
    variable=False,
)
@click.option("--at", type=Moment(), help="Tell alarms as of this time; now, where left out.")
def show(file: Path | None, config_file: Path | None, at: datetime | None) -> Answer:
    """Show a bundle, a draft or signed FILE, or what the daemon of a configuration believes.

    For each state its roots with their quorum, its list with its signers, and its certificates by
    party and purpose with the dates between which they hold; then what is known against any of
    them, and what ends within 60 days.
    """
    if (file is None) == (config_file is None):
        raise click.UsageError("expected FILE or --config")
    moment = at or SystemClock().now()
    if config_file is not None:
        bundle, statements = asyncio.run(_fetch(config_file))
        return _show_bundle(bundle, statements, moment)
    assert file is not None  # noqa: S101 - one of the two
    raw = read_octets(file, limit=BUNDLE_LIMIT)
    with told_operator():
        check_kind(raw, file.name)
        if _is_bundle(raw):
            return _show_bundle(parse_trust_bundle(raw), (), moment)
        return _show_draft(raw)


async def _fetch(file: Path) -> tuple[TrustBundle, Sequence[DistrustStatement]]:
    from swb.app.trusting import build_distrust, build_trust  # noqa: PLC0415 - slow to import

    config = load_config(file)
    register = build_distrust(config)
    statements = await register.list_statements() if register else ()
    return await build_trust(config).fetch(), statements


def _is_bundle(raw: bytes) -> bool:
    members = parse_json(raw, code="trust.malformed", limit=BUNDLE_LIMIT)
    return isinstance(members, dict) and members.get("format") == BUNDLE_FORMAT


def _show_draft(raw: bytes) -> Answer:
    draft = read_draft(raw)
    members = parse_json(draft.payload, code="trust.malformed", limit=BUNDLE_LIMIT)
    return Answer(
        value={
            "digest": draft.digest,
            "signatures": list(draft.signatures),
            "says": members,
        },
        text="\n".join(spell_draft(draft)),
    )


def _show_bundle(
    bundle: TrustBundle, statements: Sequence[DistrustStatement], at: datetime
) -> Answer:
    expiries = find_expiries(bundle, at)
    findings = [*bundle.check_pointers(), *map(_alarm, expiries)]
    lines = [f"for {bundle.environment}"]
    for state in sorted(bundle.roots):
        lines += _spell_state(bundle, state)
    standing = [each for each in statements if each.lifted_at is None]
    if standing:
        lines.append("stated here")
        lines += [
            f"  {each.number}  {each.member} {each.purpose or 'all'} since "
            f"{format_instant(each.since)}: {each.reason}"
            for each in standing
        ]
    return Answer(
        value={
            "environment": bundle.environment,
            "states": {state: _describe_state(bundle, state) for state in sorted(bundle.roots)},
            "statements": [_describe_statement(each) for each in statements],
            "expiries": [_describe_expiry(each) for each in expiries],
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(lines),
        findings=findings,
    )


def _alarm(expiry: Expiry) -> Finding:
    return Finding(
        code="trust.ended" if expiry.threshold == 0 else "trust.ends_soon",
        severity=Severity.WARN,
        path=expiry.state,
        message=expiry.text,
        actor=Actor.OPERATOR,
    )


# --- one state ---------------------------------------------------------------------------------


def _spell_state(bundle: TrustBundle, state: str) -> Iterator[str]:
    roots = bundle.root_sets[state]
    yield ""
    ends = f", expires {format_instant(roots.expires_at)}" if roots.expires_at else ""
    yield f"{state}  {roots.quorum} of {len(roots.roots)} roots, statement {roots.number}{ends}"
    for root in roots.roots:
        pinned = "pinned" if root.thumbprint in roots.pinned else "by statement"
        yield f"  root  {root.thumbprint}  until {format_instant(root.valid_until)}  {pinned}"
    for former in roots.former:
        yield f"  former  {former.certificate.thumbprint}  until {format_instant(former.until)}"
    found = bundle.lists.get(state)
    if found is None:
        yield "  no list"
        return
    yield (
        f"  list {found.number}  issued {format_instant(found.issued_at)}  expires "
        f"{format_instant(found.expires_at)}  signed by {len(found.signers)}"
    )
    for party, entries in found.parties.items():
        yield f"  {party}"
        for each in entries:
            yield f"    {_spell_entry(bundle, each)}"


def _spell_entry(bundle: TrustBundle, each: ListedCertificate) -> str:
    against = _against(bundle, each)
    return (
        f"{each.purpose:<{PURPOSE_WIDTH}}{format_instant(each.holds_from)} to "
        f"{format_instant(each.holds_until)}  {each.certificate.thumbprint}"
        + (f"  {against}" if against else "")
    )


def _against(bundle: TrustBundle, each: ListedCertificate) -> str:
    status = bundle.statuses.get(each.certificate.thumbprint)
    if not each.path:
        return "not issued under a root of its state"
    if status is None:
        return ""
    if isinstance(status, Distrust):
        word = "stolen" if status.is_compromise else "revoked"
        return f"{word} since {format_instant(status.since)}: {status.reason}"
    return f"unknown: {status.reason}"


def _describe_state(bundle: TrustBundle, state: str) -> dict[str, object]:
    roots = bundle.root_sets[state]
    found = bundle.lists.get(state)
    return {
        "quorum": roots.quorum,
        "root_number": roots.number,
        "roots_expire": format_instant(roots.expires_at) if roots.expires_at else None,
        "roots": [
            {
                "thumbprint": root.thumbprint,
                "subject": root.subject,
                "until": format_instant(root.valid_until),
                "pinned": root.thumbprint in roots.pinned,
            }
            for root in roots.roots
        ],
        "former_roots": [
            {"thumbprint": each.certificate.thumbprint, "until": format_instant(each.until)}
            for each in roots.former
        ],
        "list": _describe_list(bundle, found) if found else None,
    }


def _describe_list(bundle: TrustBundle, found: TrustList) -> dict[str, object]:
    return {
        "number": found.number,
        "digest": found.payload_digest,
        "issued": format_instant(found.issued_at),
        "expires": format_instant(found.expires_at),
        "signers": list(found.signers),
        "parties": {
            party: [
                {
                    "purpose": each.purpose,
                    "certificate": each.certificate.thumbprint,
                    "from": format_instant(each.holds_from),
                    "until": format_instant(each.holds_until),
                    "against": _against(bundle, each) or None,
                }
                for each in entries
            ]
            for party, entries in found.parties.items()
        },
    }


def _describe_statement(each: DistrustStatement) -> dict[str, object]:
    return {
        "number": each.number,
        "member": each.member,
        "purpose": each.purpose,
        "since": format_instant(each.since),
        "reason": each.reason,
        "stated_at": format_instant(each.stated_at),
        "lifted_at": format_instant(each.lifted_at) if each.lifted_at else None,
        "certificates": list(each.certificates),
    }


def _describe_expiry(each: Expiry) -> dict[str, object]:
    return {
        "subject": each.subject,
        "state": each.state,
        "name": each.name,
        "identity": each.identity,
        "ends_at": format_instant(each.ends_at),
        "threshold": each.threshold,
    }


# --- verifying ---------------------------------------------------------------------------------


@click.command("verify", short_help="Verify a bundle, or a list by pinned roots.")
@click.argument("file", type=EXISTING_FILE)
@TRUST_OPTION
@click.option("--at", type=Moment(), help="Judge as of this time, such as 2026-01-20T08:00:00Z.")
def verify(file: Path, bundle_file: Path | None, at: datetime | None) -> Answer:
    """Verify FILE: a bundle, a list, or what a state publishes.

    A list is verified by the roots that --trust pins, and it must be allowed to follow what that
    bundle has. A bundle is verified by the roots that it pins itself; with --trust these must be
    the same, and it must be allowed to follow. Lists and root statements that have expired are
    undetermined.

    Exit status: 0 accepted, 1 refused, 3 undetermined.
    """
    moment = at or SystemClock().now()
    raw = read_octets(file, limit=BUNDLE_LIMIT)
    try:
        bundle, states = _judge(raw, bundle_file)
        for state in states:
            _check_in_force(bundle, state, moment)
    except (RefusedError, UndeterminedError) as error:
        return _report(error, moment)
    lists = {state: bundle.lists[state] for state in states}
    return Answer(
        value={
            "verdict": "accepted",
            "code": None,
            "at": format_instant(moment),
            "lists": {state: _describe_list(bundle, each) for state, each in lists.items()},
        },
        text="\n".join(
            [
                "accepted",
                *(
                    f"  {state}  list {each.number} under root statement {each.root_number}, "
                    f"signed by {len(each.signers)}, expires {format_instant(each.expires_at)}"
                    for state, each in lists.items()
                ),
            ]
        ),
    )


def _judge(raw: bytes, bundle_file: Path | None) -> tuple[TrustBundle, list[str]]:
    before = load_bundle(bundle_file) if bundle_file else None
    if _is_bundle(raw):
        bundle = parse_trust_bundle(raw)
        if before is not None:
            for state, roots in before.root_sets.items():
                now = bundle.root_sets.get(state)
                if now is None or set(now.pinned) != set(roots.pinned):
                    message = f"expected the same pinned roots of {state} as in the other bundle"
                    raise RefusedError("trust.other_pins", message, actor=Actor.OPERATOR)
            check_succession(bundle, remember(before))
        return bundle, sorted(bundle.lists)
    if before is None:
        raise click.UsageError("expected --trust with the pinned roots that judge a list")
    form = read_draft(raw).form
    if not isinstance(form, TrustListForm):
        raise click.UsageError("expected a bundle, a list or a publication")
    bundle = take_publication(before, form.state, raw)
    check_succession(bundle, remember(before))
    return bundle, [form.state]


def _check_in_force(bundle: TrustBundle, state: str, at: datetime) -> None:
    """Ask the list something, as whoever judges a message by it does."""
    bundle.list_certificates(PartyId(state, GATEWAY), Purpose.TRANSPORT, at)


def _report(error: SwbError, at: datetime) -> Answer:
    verdict = "refused" if isinstance(error, RefusedError) else "undetermined"
    return Answer(
        value={"verdict": verdict, "code": error.code, "at": format_instant(at), "lists": {}},
        text=verdict,
        failure=explain_failure(error),
    )
