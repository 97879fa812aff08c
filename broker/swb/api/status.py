"""Where a document stands, as the API tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from swb.api.models import Model, Moment
from swb.core.lifecycle import Fact
from swb.services.following import find_detail

if TYPE_CHECKING:
    from swb.ports import DocumentRecord, MessageRecord, Standing
    from swb.services.following import Followed
    from swb.services.learning import Learnt

__all__ = ["Status", "tell_status"]


class Document(Model):
    """A sealed document, without what it says."""

    document_id: str
    message_type: str
    certificate_key: str | None
    conversation_id: str
    issuing_party: str
    receiving_party: str
    environment: str
    digest: str
    direction: str = Field(description="`out` where this state sent it, `in` where it received it.")
    recorded_at: Moment
    erased: bool = Field(description="Whether only its proofs are left.")


class Event(Model):
    """A dated fact in the life of a document."""

    name: str = Field(description="For example AS2, RES-REC or GIVEN.")
    at: Moment = Field(description="When it happened, by whoever says so.")
    known_at: Moment = Field(description="When this gateway learnt of it.")
    message_id: str | None
    code: str | None = Field(description="Why, where something was refused.")
    detail: str | None = Field(
        description="What is said of it, such as the decision on each item; null for whoever may "
        "not read documents."
    )
    revision: int = Field(description="Number of a customs response; 0 for everything else.")


class Message(Model):
    """A message that carried it, or an answer."""

    message_id: str
    message_type: str
    document_id: str
    sender: str
    receiver: str
    direction: str
    recorded_at: Moment


class Unfinished(Model):
    """What is still to be sent or handed over, or waits for a person."""

    kind: str = Field(description="`outbound` for a message, `delivery` for the national system.")
    id: str
    state: str
    attempts: int
    code: str | None
    due_at: Moment


class Awaited(Model):
    """What is awaited."""

    what: str
    since: Moment
    until: Moment | None
    clause: str | None


class Status(Model):
    """Where a document stands, and what led there."""

    status: Fact | None = Field(description="The fact that stands; null where nothing is known.")
    document: Document
    events: list[Event] = Field(description="In the order in which this gateway learnt of them.")
    answers: list[Document]
    messages: list[Message]
    unfinished: list[Unfinished]
    awaits: Awaited | None


def tell_status(found: Followed, *, reads: bool) -> Status:
    """Bring what is known of a document into the API's form.

    Args:
        found: What is known.
        reads: Whether whoever asks may read what documents say.
    """
    waiting = found.waiting
    return Status(
        status=found.status,
        document=_tell_document(found.trail.document),
        events=[_tell_event(each, found, reads=reads) for each in found.learnt],
        answers=[_tell_document(each) for each in found.trail.answers],
        messages=[_tell_message(each) for each in found.messages],
        unfinished=[_tell_unfinished(each) for each in found.unfinished],
        awaits=Awaited(
            what=waiting.awaited,
            since=waiting.since,
            until=waiting.until,
            clause=waiting.clause or None,
        )
        if waiting is not None
        else None,
    )


def _tell_document(record: DocumentRecord) -> Document:
    return Document(
        document_id=record.document_id,
        message_type=record.message_type,
        certificate_key=record.certificate_key or None,
        conversation_id=record.conversation_id,
        issuing_party=record.issuing_party,
        receiving_party=record.receiving_party,
        environment=record.environment,
        digest=record.digest,
        direction=record.direction,
        recorded_at=record.recorded_at,
        erased=not record.octets,
    )


def _tell_event(learnt: Learnt, found: Followed, *, reads: bool) -> Event:
    event = learnt.event
    return Event(
        name=event.name,
        at=event.at,
        known_at=learnt.known_at,
        message_id=event.message_id or None,
        code=event.code or None,
        detail=(find_detail(event, found.trail) or None) if reads else None,
        revision=event.revision,
    )


def _tell_message(record: MessageRecord) -> Message:
    return Message(
        message_id=record.message_id,
        message_type=record.message_type,
        document_id=record.document_id,
        sender=record.sender,
        receiver=record.receiver,
        direction=record.direction,
        recorded_at=record.recorded_at,
    )


def _tell_unfinished(standing: Standing) -> Unfinished:
    return Unfinished(
        kind=standing.kind,
        id=standing.item_id,
        state=standing.state,
        attempts=standing.attempts,
        code=standing.code or None,
        due_at=standing.due_at,
    )
