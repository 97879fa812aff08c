"""What ``swb ledger`` found out, for programs and for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb.ports import CosignedCheckpoint, LogIncident
    from swb.services.log_audit import AuditedLog
    from swb_schemas.wire.ledger import VerifiedCheckpoint, VerifiedFault, VerifiedInclusion

__all__ = [
    "describe_audit",
    "describe_checkpoint",
    "describe_fault",
    "describe_inclusion",
    "describe_watch",
]


def describe_checkpoint(found: VerifiedCheckpoint) -> Answer:
    """Tell of a checkpoint that holds."""
    text = f"accepted: a checkpoint that {len(found.witnesses)} states watched\n{_spell(found)}"
    return Answer(value={"verdict": "accepted", **_checkpoint(found)}, text=text)


def describe_watch(
    answer: Answer, last: CosignedCheckpoint | None, incidents: list[LogIncident]
) -> Answer:
    """Add what a gateway that watches has seen itself.

    It is a failure when the log was caught.
    """
    lines = [answer.text]
    value: dict[str, object] = dict(answer.value)
    if last is not None:
        lines.append(f"  cosigned here  size {last.size} at {format_instant(last.accepted_at)}")
        value["cosigned_here"] = {
            "size": last.size,
            "accepted_at": format_instant(last.accepted_at),
        }
    value["incidents"] = [
        {
            "code": each.code,
            "seen_at": format_instant(each.seen_at),
            "proven": bool(each.proof),
        }
        for each in incidents
    ]
    failure = None
    for each in incidents:
        told = "proven" if each.proof else "not proven to others"
        lines.append(f"  refused        {each.code} at {format_instant(each.seen_at)}, {told}")
    if incidents:
        message = f"expected a log that continues what was cosigned, found {incidents[0].code}"
        failure = explain_failure(RefusedError("ledger.incidents", message, actor=Actor.OPERATOR))
    return replace(answer, value=value, text="\n".join(lines), failure=failure)


def describe_inclusion(found: VerifiedInclusion) -> Answer:
    """Tell of a proof of inclusion that holds."""
    entry = found.entry
    text = "\n".join(
        [
            f"accepted: message {entry.message_id} is in the log, entry {found.index}",
            f"  sent by        {entry.sender}",
            f"  digest         {entry.digest}",
            _spell(found.checkpoint),
        ]
    )
    value = {
        "verdict": "accepted",
        "message_id": entry.message_id,
        "sender": entry.sender,
        "digest": entry.digest,
        "index": found.index,
        "checkpoint": _checkpoint(found.checkpoint),
    }
    return Answer(value=value, text=text)


def describe_fault(found: VerifiedFault) -> Answer:
    """Tell of a proof that convicts a log."""
    value: dict[str, object] = {
        "verdict": "proven",
        "kind": found.kind,
        "origin": found.origin,
        "meaning": found.meaning,
        "checkpoints": [_checkpoint(each) for each in (found.first, found.second) if each],
        "message_id": found.entry.message_id if found.entry else None,
    }
    return Answer(value=value, text=f"proven: {found.kind} by {found.origin}: {found.meaning}")


def describe_audit(audited: AuditedLog) -> Answer:
    """Tell of an audit; it is a failure when something was found."""
    findings = tuple(
        Finding(
            code=each.code,
            severity=Severity.REFUSE,
            path=each.about,
            message=f"{each.message} ({'proven' if each.proof else 'our word'})",
            actor=Actor.OPERATOR,
        )
        for each in audited.findings
    )
    failure = None
    if findings:
        message = f"expected an honest log, found {len(findings)} fault(s)"
        failure = explain_failure(
            RefusedError("ledger.audit_failed", message, actor=Actor.OPERATOR, findings=findings)
        )
    counted = (
        f"{audited.entries} entries computed again, {audited.kept} kept checkpoints, "
        f"{audited.promises} promises and {audited.compared} messages of our own compared"
    )
    value = {
        "verdict": "refused" if findings else "accepted",
        "entries": audited.entries,
        "kept_checkpoints": audited.kept,
        "promises": audited.promises,
        "compared_messages": audited.compared,
        "latest_size": audited.latest.checkpoint.size,
        "checkpoint": _checkpoint(audited.checkpoint),
        "proven": [each.about for each in audited.findings if each.proof],
        "findings": [describe_finding(each) for each in findings],
    }
    verdict = "refused" if findings else "accepted"
    return Answer(
        value=value,
        text=f"{verdict}: {counted}\n{_spell(audited.checkpoint)}",
        failure=failure,
    )


def _checkpoint(found: VerifiedCheckpoint) -> dict[str, object]:
    return {
        "origin": found.checkpoint.origin,
        "size": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "log_certificate": found.log_certificate,
        "witnesses": [
            {
                "party": each.party,
                "state": each.state,
                "at": format_instant(each.at),
                "certificate": each.certificate,
            }
            for each in found.cosigned
        ],
        "disregarded": found.disregarded,
    }


def _spell(found: VerifiedCheckpoint) -> str:
    checkpoint = found.checkpoint
    lines = [
        f"  log            {checkpoint.origin}, size {checkpoint.size}",
        f"  root           {checkpoint.root.hex()}",
        f"  signed by      {found.log_certificate}",
    ]
    lines += [
        f"  cosigned by    {each.party} at {format_instant(each.at)}" for each in found.cosigned
    ]
    lines += [f"  disregarded    {name}: {code}" for name, code in found.disregarded.items()]
    return "\n".join(lines)
