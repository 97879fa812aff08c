"""``swb trust pin``, ``publish`` and ``install``: from signed files to a bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from cryptography.hazmat.primitives.serialization import Encoding

from swb.cli.arguments import EXISTING_FILE, read_octets
from swb.cli.files import NEW_FILE, write_new, write_whole
from swb.cli.output import Answer
from swb.cli.trust_files import BUNDLE_LIMIT, load_bundle, load_draft
from swb.core.trust_drafts import read_draft
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.octets import decode_base64
from swb_schemas.wire.publication import (
    encode_publication,
    parse_publication,
    take_publication,
)
from swb_schemas.wire.root_succession import RootStatementForm, verify_root_chain
from swb_schemas.wire.trust_list import BUNDLE_FORMAT, TrustListForm
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import check_succession, remember

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

__all__ = ["install", "pin", "publish"]


@click.command("pin", short_help="Pin a state's first roots in a bundle.")
@click.argument("statement", type=EXISTING_FILE)
@click.option(
    "--digest",
    required=True,
    metavar="DIGEST",
    help="The statement's digest, as the state's people read it to you by another way.",
)
@click.option("--bundle", required=True, metavar="FILE", type=NEW_FILE, help="The bundle.")
def pin(statement: Path, digest: str, bundle: Path) -> Answer:
    """Pin the roots and the quorum of STATEMENT, a state's root statement, in a bundle.

    This is where trust begins: the digest must have come by another way than the file, read aloud
    by people whose voice or papers you know. The bundle is made where it is missing; a state that
    is pinned there is not pinned again.
    """
    draft = load_draft(statement)
    form = draft.form
    if not isinstance(form, RootStatementForm):
        raise click.BadParameter("expected a root statement", param_hint="STATEMENT")
    if draft.digest != digest:
        message = f"expected a statement with the digest {digest}, found {draft.digest}"
        raise RefusedError("trust.other_digest", message, actor=Actor.OPERATOR)
    roots = [
        parse_certificate(decode_base64(each.encode(), code="certificate.malformed", what="root"))
        for each in form.roots
    ]
    verify_root_chain(
        [json.loads(draft.octets)],
        state=form.state,
        environment=Environment(form.environment),
        pinned=roots,
        quorum=form.quorum,
    )
    members = _read_members(bundle) if bundle.exists() else _empty(form.environment)
    if form.state in members["roots"] or members["environment"] != form.environment:
        message = f"expected a bundle for {form.environment} in which {form.state} is not pinned"
        raise RefusedError("trust.pinned", message, actor=Actor.OPERATOR)
    members["roots"][form.state] = [
        each.parsed.public_bytes(Encoding.PEM).decode() for each in roots
    ]
    members.setdefault("quorums", {})[form.state] = form.quorum
    members.setdefault("rootStatements", {})[form.state] = [json.loads(draft.octets)]
    _write(bundle, members)
    lines = [f"pinned  {form.state}: {form.quorum} of {len(roots)} roots"]
    lines += [f"root    {each.thumbprint} ({each.subject})" for each in roots]
    return Answer(
        value={
            "state": form.state,
            "quorum": form.quorum,
            "roots": [each.thumbprint for each in roots],
        },
        text="\n".join(lines),
    )


@click.command("publish", short_help="Put a list and its root statements into one file.")
@click.argument("trust_list", metavar="LIST", type=EXISTING_FILE)
@click.argument("statements", nargs=-1, type=EXISTING_FILE)
@click.option("--out", required=True, metavar="FILE", type=NEW_FILE, help="The publication.")
def publish(trust_list: Path, statements: tuple[Path, ...], out: Path) -> Answer:
    """Put LIST and the state's root STATEMENTS, in order, into the one file that others fetch."""
    found = load_draft(trust_list)
    if not isinstance(found.form, TrustListForm):
        raise click.BadParameter("expected a trust list", param_hint="LIST")
    chain = [load_draft(each) for each in statements]
    if any(not isinstance(each.form, RootStatementForm) for each in chain):
        raise click.BadParameter("expected root statements", param_hint="STATEMENTS")
    write_new(
        out,
        encode_publication(found.octets, [each.octets for each in chain]),
        exists="trust.exists",
    )
    told = f"published  list {found.form.number} of {found.form.state} in {out}"
    return Answer(
        value={"publication": str(out), "state": found.form.state, "number": found.form.number},
        text=told,
    )


@click.command("install", short_help="Take a list into a bundle, when it may follow.")
@click.argument("publication", type=EXISTING_FILE)
@click.option("--bundle", required=True, metavar="FILE", type=EXISTING_FILE, help="The bundle.")
def install(publication: Path, bundle: Path) -> Answer:
    """Take PUBLICATION (a list, or what a state publishes) into a bundle.

    It is taken when it verifies by the pinned roots and may follow what the bundle has. Gateways
    read the bundle again by themselves.
    """
    raw = read_octets(publication, limit=BUNDLE_LIMIT)
    draft = load_draft(publication)
    if not isinstance(draft.form, TrustListForm):
        raise click.BadParameter("expected a list or a publication", param_hint="PUBLICATION")
    before = load_bundle(bundle)
    state = draft.form.state
    after = take_publication(before, state, raw)
    check_succession(after, remember(before))
    members = _read_members(bundle)
    form = parse_publication(raw)
    chain: list[object] = list(members.get("rootStatements", {}).get(state, []))
    known = before.root_sets[state].digests
    chain += [each for each in form.root_statements if _read_number(each) not in known]
    if chain:
        members.setdefault("rootStatements", {})[state] = chain
    members["lists"][state] = form.list
    _write(bundle, members)
    found = after.lists[state]
    told = f"installed  list {found.number} of {state}, signed by {len(found.signers)} root(s)"
    return Answer(
        value={"state": state, "number": found.number, "digest": found.payload_digest},
        text=told,
    )


def _read_number(statement: dict[str, object]) -> int:
    """Read the number of a root statement that was verified."""
    form = read_draft(json.dumps(statement).encode()).form
    assert isinstance(form, RootStatementForm)  # noqa: S101 - it was verified as one
    return form.number


def _read_members(bundle: Path) -> dict[str, Any]:
    raw = read_octets(bundle, limit=BUNDLE_LIMIT)
    parse_trust_bundle(raw)
    members = parse_json(raw, code="trust.malformed", limit=BUNDLE_LIMIT)
    assert isinstance(members, dict)  # noqa: S101 - it was parsed as a bundle
    return members


def _empty(environment: str) -> dict[str, Any]:
    return {"format": BUNDLE_FORMAT, "environment": environment, "roots": {}, "lists": {}}


def _write(bundle: Path, members: dict[str, Any]) -> None:
    octets = json.dumps(members, indent=1).encode() + b"\n"
    parse_trust_bundle(octets)
    write_whole(bundle, octets)
