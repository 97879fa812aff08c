"""Auditing: the whole log is read and computed again, and compared with what one knows oneself.

An auditor needs the published files and a trust bundle. A gateway compares its own store as well:
what it was promised, what stands in its name, what came to it past the log. Where the log's own
signatures convict it, a finding has a proof for third parties (`swb_schemas.wire.ledger.faults`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.ports import Direction
from swb.services.log_conviction import check_signed, keep_if_proven
from swb.services.log_view import CHECKPOINT, PENDING
from swb.services.witnessing import FORKED, REWRITTEN, ROLLED_BACK
from swb_schemas.documents import RelayReceipt
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire.ledger.checkpoint import LEAST_WITNESSES, parse_checkpoint, verify_checkpoint
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.faults import (
    encode_fork,
    encode_missing,
    encode_rewrite,
    keep_log_lines,
)
from swb_schemas.wire.ledger.merkle import Frontier, consistency_path, hash_span, leaf_source
from swb_schemas.wire.ledger.promise import find_promise
from swb_schemas.wire.sealed import read_kept
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from swb.ports import CommitFeed, Documents, MessageStore
    from swb.services.log_view import LogView
    from swb_schemas.wire.ledger.checkpoint import Checkpoint, VerifiedCheckpoint
    from swb_schemas.wire.ledger.promise import LogPromise
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["AuditedLog", "LogFinding", "audit_log"]

ENTRIES_DIFFER: Final = "ledger.entries_differ"
TWICE: Final = "ledger.twice"
MISSING: Final = "ledger.missing"
OVERDUE: Final = "ledger.overdue"
NOT_OURS: Final = "ledger.not_ours"
UNLOGGED: Final = "ledger.unlogged"

_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFinding:
    """Something that an honest log would not show.

    Attributes:
        code: What.
        about: Message id, or size of a checkpoint.
        message: What was expected and found.
        proof: What convicts the log in the eyes of others; empty where only one's own word does.
    """

    code: str
    about: str
    message: str
    proof: bytes = b""


@dataclass(slots=True, kw_only=True)
class AuditedLog:
    """What an audit found.

    Attributes:
        checkpoint: The published one that members watched.
        latest: The latest that the log signed; the same, or a larger one.
        entries: How many were read.
        kept: How many checkpoints from elsewhere were compared.
        promises: How many promises of relay receipts were compared.
        compared: How many messages of one's own store were compared.
        findings: In the order in which they were found.
    """

    checkpoint: VerifiedCheckpoint
    latest: VerifiedCheckpoint
    entries: int = 0
    kept: int = 0
    promises: int = 0
    compared: int = 0
    findings: list[LogFinding] = field(default_factory=list)


@dataclass(slots=True)
class _Tree:
    """The log as its published entries make it."""

    entries: list[LogEntry]
    leaves: list[bytes]
    roots: dict[int, bytes]

    @property
    def by_id(self) -> dict[str, LogEntry]:
        return {each.message_id: each for each in self.entries}


async def audit_log(
    view: LogView,
    *,
    trust: TrustBundle,
    at: datetime,
    origin: str | None = None,
    witnesses: int = LEAST_WITNESSES,
    kept: Sequence[bytes] = (),
    store: MessageStore | None = None,
    gateway: str = "",
) -> AuditedLog:
    """Read a published log whole and judge it.

    A1. The published checkpoint verifies, with its witnesses; so does the latest signed one.
    A2. The published entries lead to the root of each.
    A3. They lead to the root of every checkpoint that was kept elsewhere.
    A4. No message is in the log twice.
    A5. What relay receipts promised is there, once it is due.
    A6. Everything in the gateway's name was sent by it, with that digest.
    A7. Everything that came to the gateway is there, once it had as long as promises say.

    Args:
        view: Where the log is published.
        trust: Whom to trust.
        at: The judging moment.
        origin: The log that is meant.
        witnesses: How many states must have cosigned.
        kept: Checkpoints that were kept elsewhere; one that would accuse the log must be signed
            by it.
        store: Of the gateway, for A5 to A7.
        gateway: URN of the gateway.

    Raises:
        RefusedError: ``ledger.*``, ``certificate.*``: there is no log that could be audited.
        UndeterminedError: ``trust.*``, ``certificate.status_unknown``.
        UnavailableError: ``ledger.no_checkpoint``, ``ledger.unreachable``.
    """
    checkpoint = verify_checkpoint(  # A1
        await view.get_note(CHECKPOINT), trust=trust, at=at, witnesses=witnesses, origin=origin
    )
    name = checkpoint.checkpoint.origin
    latest = checkpoint
    if (pending := await view.fetch_note(PENDING)) is not None:
        latest = verify_checkpoint(
            keep_log_lines(pending), trust=trust, at=at, witnesses=0, origin=name
        )
    audited = AuditedLog(checkpoint=checkpoint, latest=latest)
    others = [raw for raw in kept if parse_checkpoint(raw)[0].origin == name]
    sizes = {parse_checkpoint(raw)[0].size for raw in others}
    size = max(checkpoint.checkpoint.size, latest.checkpoint.size)
    tree = await _read_tree(view, size, {*sizes, checkpoint.checkpoint.size, size})
    audited.entries, audited.kept = size, len(others)
    if _check_roots(audited, tree):  # A2
        _check_kept(audited, tree, others, trust, at)  # A3
    _check_twice(audited, tree)  # A4
    if store is not None:
        longest = await _check_promises(audited, tree, store, gateway, at)  # A5
        await _check_store(audited, tree, store, gateway, longest)  # A6, A7
    audited.findings = [
        replace(each, proof=keep_if_proven(each.proof, trust=trust, at=at))
        for each in audited.findings
    ]
    return audited


async def _read_tree(view: LogView, size: int, sizes: set[int]) -> _Tree:
    tree, frontier = _Tree([], [], {}), Frontier()
    wanted = sorted(each for each in sizes if 0 < each <= size)
    async for entry in view.read_log_entries(size):
        tree.entries.append(entry)
        tree.leaves.append(entry.leaf)
    for each in wanted:
        frontier = frontier.append(tree.leaves[frontier.size : each])
        tree.roots[each] = frontier.root
    return tree


def _check_roots(audited: AuditedLog, tree: _Tree) -> bool:
    """Require the entries to be those that were signed."""
    good = True
    for each in {audited.checkpoint.checkpoint, audited.latest.checkpoint}:
        if tree.roots.get(each.size) != each.root:
            good = False
            message = f"expected entries that lead to the root signed for size {each.size}"
            audited.findings.append(
                LogFinding(code=ENTRIES_DIFFER, about=str(each.size), message=message)
            )
    return good


def _check_kept(
    audited: AuditedLog,
    tree: _Tree,
    others: Sequence[bytes],
    trust: TrustBundle,
    at: datetime,
) -> None:
    """Require every checkpoint that somebody kept to be one of this tree."""
    now = max(audited.checkpoint, audited.latest, key=lambda each: each.checkpoint.size)
    size, second = now.checkpoint.size, keep_log_lines(now.note)
    for raw in others:
        before = parse_checkpoint(raw)[0]
        if before.size <= size and tree.roots.get(before.size, before.root) == before.root:
            continue
        _check_accuser(raw, before, trust, at)
        if before.size > size:
            message = f"expected a tree of size {before.size} or more, found {size}"
            found = LogFinding(code=ROLLED_BACK, about=str(before.size), message=message)
        elif before.size == size:
            message = f"expected one tree of size {size}, found another one that was kept"
            found = LogFinding(
                code=FORKED,
                about=str(size),
                message=message,
                proof=encode_fork(keep_log_lines(raw), second),
            )
        else:
            message = f"expected the first {before.size} entries as they were signed, found others"
            path = consistency_path(before.size, size)
            source = leaf_source(tree.leaves)
            found = LogFinding(
                code=REWRITTEN,
                about=str(before.size),
                message=message,
                proof=encode_rewrite(
                    keep_log_lines(raw),
                    second,
                    root=tree.roots[before.size],
                    hashes=[hash_span(span, source) for span in path],
                ),
            )
        audited.findings.append(found)


def _check_accuser(raw: bytes, before: Checkpoint, trust: TrustBundle, at: datetime) -> None:
    """Require what would accuse the log to be the log's own word."""
    try:
        check_signed(raw, trust=trust, at=at, origin=before.origin)
    except UndeterminedError:
        return  # it is compared, and proves nothing to others
    except RefusedError as cause:
        if not cause.code.startswith("ledger."):
            return  # signed, by a certificate that counts no more
        message = (
            f"expected kept checkpoints that the log signed, found one of size {before.size} that "
            f"is no checkpoint of this log: {cause.code}: {cause.message}"
        )
        raise RefusedError("ledger.unsigned", message) from cause


def _check_twice(audited: AuditedLog, tree: _Tree) -> None:
    seen: set[str] = set()
    for each in tree.entries:
        if each.message_id in seen:
            message = f"expected message {each.message_id} once, found it again"
            audited.findings.append(LogFinding(code=TWICE, about=each.message_id, message=message))
        seen.add(each.message_id)


# --- with a gateway's own store ----------------------------------------------------------------


async def _check_promises(
    audited: AuditedLog, tree: _Tree, store: MessageStore, gateway: str, at: datetime
) -> timedelta | None:
    """Hold the log to what relay receipts promised; returns the longest delay that they gave."""
    longest: timedelta | None = None
    leaves = set(tree.leaves)
    size = audited.checkpoint.checkpoint.size
    watched_at = _watched_at(audited.checkpoint)
    async for sealed, receipt, promise in _read_promises(store, audited):
        for relayed in receipt.relayed:
            if relayed.outcome is not Outcome.ACCEPTED:
                continue
            audited.promises += 1
            longest = max(longest or timedelta(), promise.included_by - relayed.at)
            entry = LogEntry(
                message_id=relayed.message_id,
                sender=gateway,
                digest=relayed.message_digest.text,
            )
            due = format_instant(promise.included_by)
            if entry.leaf in leaves:
                continue
            if watched_at is not None and watched_at > promise.included_by + _SKEW:
                proof = encode_missing(
                    audited.checkpoint.note,
                    receipt=sealed,
                    message_id=relayed.message_id,
                    leaves=tree.leaves[:size],
                )
                message = f"expected message {entry.message_id} in the log by {due}, found it not"
                found = LogFinding(
                    code=MISSING, about=entry.message_id, message=message, proof=proof
                )
            elif at > promise.included_by + _SKEW:
                message = (
                    f"expected message {entry.message_id} in the log by {due}; nobody has "
                    f"cosigned anything since"
                )
                found = LogFinding(code=OVERDUE, about=entry.message_id, message=message)
            else:
                continue
            audited.findings.append(found)
    return longest


def _watched_at(checkpoint: VerifiedCheckpoint) -> datetime | None:
    """Since when enough witnesses say that this was the whole log."""
    last = {each.state: each.at for each in checkpoint.cosigned}
    moments = sorted(last.values(), reverse=True)
    return moments[LEAST_WITNESSES - 1] if len(moments) >= LEAST_WITNESSES else None


async def _read_promises(
    store: Documents, audited: AuditedLog
) -> AsyncIterator[tuple[bytes, RelayReceipt, LogPromise]]:
    after = ""
    while page := await store.list_documents(after=after):
        after = page[-1].document_id
        for record in page:
            if record.message_type != RelayReceipt.__name__ or not record.octets:
                continue
            _, receipt = read_kept(record.octets)
            promise = find_promise(receipt) if isinstance(receipt, RelayReceipt) else None
            if (
                isinstance(receipt, RelayReceipt)
                and promise is not None
                and promise.log == audited.checkpoint.checkpoint.origin
            ):
                yield record.octets, receipt, promise


async def _check_store(
    audited: AuditedLog,
    tree: _Tree,
    store: CommitFeed,
    gateway: str,
    longest: timedelta | None,
) -> None:
    """Compare messages of the store with entries, in both directions."""
    logged = tree.by_id
    own: dict[str, str] = {}
    watched_at = _watched_at(audited.checkpoint)
    after = 0
    while page := await store.list_recorded(after=after):
        after = page[-1].position
        for each in page:
            audited.compared += 1
            if each.direction is Direction.OUT:
                own[each.message_id] = each.digest
                continue
            entry = logged.get(each.message_id)
            if entry is not None and entry.digest == each.digest:
                continue
            if longest is None or watched_at is None:
                continue
            if each.recorded_at + longest + _SKEW < watched_at:
                message = f"expected message {each.message_id}, which came to us, in the log"
                audited.findings.append(
                    LogFinding(code=UNLOGGED, about=each.message_id, message=message)
                )
    for entry in tree.entries:
        if entry.sender == gateway and own.get(entry.message_id) != entry.digest:
            message = f"expected entries of messages that {gateway} sent, found {entry.message_id}"
            audited.findings.append(
                LogFinding(code=NOT_OURS, about=entry.message_id, message=message)
            )
