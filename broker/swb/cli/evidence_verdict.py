"""What ``swb evidence verify`` found out, for programs and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from swb_schemas.errors import SwbError
    from swb_schemas.evidence import ContainerVerdict, ItemVerdict

__all__ = ["describe_verdict"]

_LOG_PROOF: Final = "log proof"


def describe_verdict(
    verdict: ContainerVerdict | None, at: datetime, error: SwbError | None
) -> Answer:
    """Say what became of a container.

    Args:
        verdict: None where it could not be judged file by file.
        at: The judging moment.
        error: Why it was not accepted.
    """
    word = "accepted" if error is None else error.family
    findings = verdict.findings if verdict else ()
    contents = verdict.contents if verdict else None
    return Answer(
        value={
            "verdict": word,
            "code": error.code if error else None,
            "at": format_instant(at),
            "document_id": contents.document if contents else None,
            "certificate_key": contents.certificate_key if contents else None,
            "complete": not verdict.missing if verdict else False,
            "missing": list(verdict.missing) if verdict else [],
            "items": [_describe(each) for each in verdict.items] if verdict else [],
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(_spell(verdict, word, at)),
        findings=findings,
        failure=explain_failure(error) if error else None,
    )


def _describe(item: ItemVerdict) -> dict[str, object]:
    return {
        "file": item.file,
        "kind": item.kind,
        "id": item.id,
        "type": item.type or None,
        "erased": item.erased,
        "verdict": item.verdict,
        "code": item.error.code if item.error else None,
        "message": item.error.message if item.error else None,
        "proven_at": format_instant(item.proven_at) if item.proven_at else None,
        "time_stamped_by": item.authority or None,
        "signer": item.signer or None,
        "digest": item.digest or None,
    }


def _spell(verdict: ContainerVerdict | None, word: str, at: datetime) -> Iterator[str]:
    yield f"{word}: container of evidence, judged as of {format_instant(at)}"
    if verdict is None:
        return
    contents = verdict.contents
    yield f"  about         {contents.certificate_key or ''} {contents.document}".rstrip()
    yield f"  conversation  {contents.conversation}, {contents.environment}"
    exported = f"{contents.exported_by}, {format_instant(contents.exported_at)}"
    yield f"  exported by   {exported}, by its own word"
    complete = "no: see the warnings" if verdict.missing else "nothing that one would expect lacks"
    yield f"  complete      {complete}"
    yield ""
    yield "files"
    for item in verdict.items:
        proven = f"by {format_instant(item.proven_at)}" if item.proven_at else "at no proven time"
        erased = " ERASED, its signature" if item.erased else ""
        yield f"  {item.verdict:12} {item.kind:9} {item.type or '-':16} {item.file}{erased}"
        signed = f"signed by {item.signer}, " if item.signer else ""
        stamped = f" ({item.authority})" if item.authority else ""
        if item.kind == _LOG_PROOF:
            yield f"  {'':12} the region's log has the message of that id"
        else:
            yield f"  {'':12} {signed}existed {proven}{stamped}"
        if item.error is not None:
            yield f"  {'':12} {item.error.code}: {item.error.message}"
