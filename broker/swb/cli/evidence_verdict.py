"""What ``swb evidence verify`` found out, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb.core.lifecycle import Fact, judge_status, name_of_acknowledgement
from swb_schemas.documents import AboutCertificate, LeadingDocument, TransportAck
from swb_schemas.exchanges import MACHINES, Machine
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from swb_schemas.errors import SwbError
    from swb_schemas.evidence import ContainerVerdict, ItemVerdict
    from swb_schemas.evidence.contents import Contents
    from swb_schemas.wire.evidence import VerifiedSealedDocument

__all__ = ["describe_verdict"]

_LOG_PROOF: Final = "log proof"
_WORDS: Final = {
    Machine.PREFERENCE: "response",
    Machine.STANDING: "cancellation",
    Machine.VERIFICATION: "request",
}
_COUNTED: Final = {
    Fact(row.move): _WORDS[table.machine]
    for table in MACHINES
    if table.machine in _WORDS
    for row in table.moves
}
"""What the number of a fact counts: customs responses, cancellations, verification requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of the certificate or document, as far as accepted documents say.

    Attributes:
        fact: The one that stands.
        number: Of the response, cancellation or request that it is of; 0 where it has none.
        signer: Who sealed what says so.
        proven_at: When that is proven to have existed at the latest.
    """

    fact: Fact
    number: int
    signer: str
    proven_at: datetime

    @property
    def counted(self) -> str:
        """What the number counts; empty where there is none."""
        return _COUNTED.get(self.fact, "") if self.number else ""


def describe_verdict(
    verdict: ContainerVerdict | None,
    at: datetime,
    error: SwbError | None,
    *,
    shows_all: bool = False,
) -> Answer:
    """Say what became of a container.

    Args:
        verdict: None where it could not be judged file by file.
        at: The judging moment.
        error: Why it was not accepted.
        shows_all: Whether people are told of accepted files one by one, too.
    """
    word = "accepted" if error is None else error.family
    findings = verdict.findings if verdict else ()
    contents = verdict.contents if verdict else None
    outcome = _find_outcome(verdict) if verdict else None
    return Answer(
        value={
            "verdict": word,
            "code": error.code if error else None,
            "at": format_instant(at),
            "document_id": contents.document if contents else None,
            "certificate_key": contents.certificate_key if contents else None,
            "outcome": _describe_outcome(outcome) if outcome else None,
            "complete": not verdict.missing if verdict else False,
            "missing": list(verdict.missing) if verdict else [],
            "items": [_describe(each) for each in verdict.items] if verdict else [],
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(_spell(verdict, word, at, outcome, shows_all=shows_all)),
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


def _find_outcome(verdict: ContainerVerdict) -> _Outcome | None:
    """Find what stands of the document that the container is about; None where nothing is said."""
    signers = {each.header.document_id: each.signer.party for each, _ in verdict.documents}
    said = {
        (fact, number): (verified.signer.party, proven_at)
        for verified, proven_at in sorted(verdict.documents, key=lambda each: each[1], reverse=True)
        for fact, number in _list_facts(verified, verdict.contents, signers)
    }
    fact = judge_status(said)
    if fact is None:
        return None
    number = max(number for each, number in said if each is fact)
    signer, proven_at = said[fact, number]
    return _Outcome(fact=fact, number=number, signer=signer, proven_at=proven_at)


def _list_facts(
    verified: VerifiedSealedDocument, contents: Contents, signers: Mapping[str, str]
) -> Iterator[tuple[Fact, int]]:
    """List what an accepted document says of the one that the container is about.

    Args:
        verified: The document.
        contents: Of the container.
        signers: Who sealed each accepted document, by its id.
    """
    match verified.document:
        case AboutCertificate() as document:
            yield Fact(document.move), document.number
        case TransportAck() as document:
            for each in document.acknowledged:
                if each.document_id == contents.document:
                    yield name_of_acknowledgement(each.hop, each.outcome), 0
        case LeadingDocument() as document if document.takes_back:
            # Only who issued it takes it back.
            issued = verified.header.answers.document_id if verified.header.answers else ""
            is_issuer = signers.get(issued, verified.signer.party) == verified.signer.party
            if is_issuer and contents.document in {issued, verified.header.document_id}:
                yield Fact.WITHDRAWN, 0
        case _:
            return


def _describe_outcome(outcome: _Outcome) -> dict[str, object]:
    return {
        "fact": outcome.fact,
        **{
            f"{word}_number": outcome.number if outcome.counted == word else None
            for word in _WORDS.values()
        },
        "signer": outcome.signer,
        "proven_at": format_instant(outcome.proven_at),
    }


def _spell(
    verdict: ContainerVerdict | None,
    word: str,
    at: datetime,
    outcome: _Outcome | None,
    *,
    shows_all: bool,
) -> Iterator[str]:
    yield f"{word}: container of evidence, judged as of {format_instant(at)}"
    if verdict is None:
        return
    contents = verdict.contents
    if outcome is None:
        yield "  outcome       nothing in it that is accepted says what became of the document"
    else:
        number = f", {outcome.counted} {outcome.number}" if outcome.counted else ""
        proven = format_instant(outcome.proven_at)
        yield f"  outcome       {outcome.fact}{number}, by {outcome.signer}, existed by {proven}"
    yield f"  about         {contents.certificate_key or ''} {contents.document}".rstrip()
    yield f"  conversation  {contents.conversation}, {contents.environment}"
    exported = f"{contents.exported_by}, {format_instant(contents.exported_at)}"
    yield f"  exported by   {exported}, by its own word"
    complete = "no: see the warnings" if verdict.missing else "nothing that one would expect lacks"
    yield f"  complete      {complete}"
    accepted = sum(item.error is None for item in verdict.items)
    shown = [item for item in verdict.items if shows_all or item.error is not None]
    yield f"  files         {accepted} of {len(verdict.items)} accepted" + (
        "" if len(shown) == len(verdict.items) else "; --all shows each"
    )
    for item in shown:
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
