"""Two states try their connections with each other, before these leave TEST.

Both gateways and the region's router are real. The suite sees neither line: it asks both national
sides for steps, and judges what they show by the trust that the two agreed on. Nothing that a side
says of the other is believed: a document counts as arrived when the receiver shows its octets.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from swb_conformance.live import documents
from swb_conformance.live.acts import ActError, CannotActError, Step
from swb_conformance.live.hand import new_id
from swb_conformance.live.leading import find_kind, take_back
from swb_conformance.testing import Evidence, Result, Status, SuiteCase, UnmetError
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents.customs import Decision
from swb_schemas.errors import SwbError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire import parse_trust_bundle, verify_sealed
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from swb_conformance.live.acts import Act, Told
    from swb_conformance.live.leading import Kind
    from swb_conformance.target import Target
    from swb_schemas.connections import Connection
    from swb_schemas.documents import Document, LeadingDocument
    from swb_schemas.wire import VerifiedSealedDocument

__all__ = ["Pair", "list_pair_cases", "name_line"]

_Play: TypeAlias = "Callable[[Pair, Connection], None]"
_WHOLE_ROAD: Final = "RELAYED,AS2,AS3"


@dataclass(kw_only=True)
class Pair:
    """Two states that try their connections.

    Attributes:
        states: The two, in alphabetical order.
        acts: By state: its national side.
        bundle: The trust bundle that both agreed on.
        lines: The connections between them that are to be tried.
        within: Seconds that a step, or an answer of the other side, may take.
    """

    states: tuple[str, str]
    acts: Mapping[str, Act]
    bundle: bytes
    lines: Sequence[Connection]
    within: float = 60.0
    _told: list[Evidence] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Verify the bundle. Raises `RefusedError` where it does not hold."""
        self.trust = parse_trust_bundle(self.bundle)

    def ask(self, state: str, step: Step, text: str, **members: object) -> Told:
        """Ask one side."""
        told = self.acts[state].do(step, within=self.within, text=f"{state}: {text}", **members)
        kept = repr(dict(told.members)).encode()[:100_000]
        self._told.append(Evidence(name=f"{len(self._told) + 1}-{state}-{step}.txt", octets=kept))
        return told

    def begin(self) -> None:
        """Forget what was told in earlier cases."""
        self._told.clear()

    def unmet(self, message: str) -> UnmetError:
        """Say what was expected, with what the sides told last."""
        return UnmetError(message, self._told[-6:])

    def other(self, state: str) -> str:
        """The other one."""
        return self.states[1] if state == self.states[0] else self.states[0]

    # --- what sides do -------------------------------------------------------------------------

    def enter(self, state: str, document: Document) -> Told:
        """Have a document entered at one side, and taken."""
        told = self.try_to_enter(state, document)
        if not told.is_accepted:
            name = type(document).__name__
            raise self.unmet(f"expected {state} to take the {name}, found {dict(told.members)}")
        return told

    def try_to_enter(self, state: str, document: Document) -> Told:
        """Have somebody try to enter a document."""
        return self.ask(
            state,
            Step.ENTER,
            f"Enter this {type(document).__name__} and have it sent.",
            message_type=find_type_of(document).message_type,
            document=base64.b64encode(encode(document)).decode(),
        )

    def require_kept(
        self, state: str, key: str, message_type: str, *, facts: str = "", beside: int = 0
    ) -> tuple[VerifiedSealedDocument, dict[str, Any]]:
        """Require a side to keep one document that verifies, and to know these facts of it.

        Args:
            state: The side.
            key: What the document is about.
            message_type: Its type.
            facts: What has to be known, divided by commas.
            beside: How many more of that type there have to be: those that take it back.
        """
        told = self.ask(
            state,
            Step.KEPT,
            f"Show the {message_type} about {key}.",
            certificate_key=key,
            message_type=message_type,
            facts=facts,
        )
        kept = told.members.get("kept", [])
        if len(kept) != 1 + beside:
            raise self.unmet(
                f"expected {state} to keep {1 + beside} {message_type} about {key}, "
                f"found {len(kept)}"
            )
        kept.sort(key=lambda each: not set(facts.split(",")) <= set(each.get("facts", ())))
        missing = set(facts.split(",")) - {""} - set(kept[0].get("facts", ()))
        if missing:
            known = f"expected {state} to know {', '.join(sorted(missing))} of {message_type}"
            raise self.unmet(f"{known} about {key}, found {kept[0].get('facts')}")
        try:
            octets = base64.b64decode(kept[0]["sealed"])
            sealed = verify_sealed(octets, trust=self.trust, at=datetime.now(UTC))
        except (SwbError, ValueError, KeyError) as cause:
            raise self.unmet(
                f"{state} keeps a {message_type} that does not verify: {cause}"
            ) from cause
        return sealed, kept[0]

    def draw(self, line: Connection) -> LeadingDocument:
        """Draw a document for a line."""
        at = datetime.now(UTC)
        drawn: LeadingDocument = get_kind(line).draw(
            exporting=line.from_state,
            importing=line.to_state,
            number=f"{line.from_state}-{line.to_state} {at:%y}/{new_id()[-12:].upper()}",
            on=at.date(),
            items=2,
        )
        return drawn


def get_kind(line: Connection) -> Kind[Any]:
    """Get what the suite makes for a line; one that it can make nothing for stays untested.

    Raises:
        CannotActError: It knows no form of that agreement.
    """
    kind = find_kind(line.message_type, line.agreement)
    if kind is None:
        message = f"the suite draws no {line.message_type} {line.agreement}"
        raise CannotActError(message.strip())
    return kind


def name_line(line: Connection) -> str:
    """Name a line in the names of cases."""
    words = (line.from_state, line.to_state, line.message_type, line.agreement)
    return "-".join(word for word in words if word)


def list_pair_cases(pair: Pair | None, lines: Sequence[Connection] = ()) -> tuple[SuiteCase, ...]:
    """List the cases of a pair.

    Args:
        pair: Which; None where cases are only listed.
        lines: Those that are tried, where no pair is given.
    """
    return tuple(_list(pair, pair.lines if pair else lines))


def _list(pair: Pair | None, lines: Sequence[Connection]) -> Iterator[SuiteCase]:
    yield _case("pair/trust/both-pinned-the-same-roots", "PAIR-001", pair, _same_roots)
    yield _case("pair/trust/both-believe-the-same-lists", "PAIR-002", pair, _same_lists)
    for line in lines:
        name = name_line(line)
        kind = find_kind(line.message_type, line.agreement)
        for group, ids, is_asked, play in _GROUPS:
            if kind is None or is_asked(kind):
                yield _case(f"pair/{group}/{name}", ids, pair, _about(line, play))
        yield _case(
            f"pair/rules/{name}", "PAIR-009", pair, _about(line, _broken_rule), negative=True
        )
    for at in (0, 1):
        yield _case(
            f"pair/notice/{'first' if at == 0 else 'second'}-state-declares-an-outage",
            "PAIR-007",
            pair,
            partial(_notice, at=at),
        )
    yield _case("pair/day/each-received-what-the-other-sent", "PAIR-008", pair, _day)


def _about(line: Connection, play: Callable[[Pair, Connection], None]) -> Callable[[Pair], None]:
    return lambda pair: play(pair, line)


def _case(
    name: str,
    requirements: str | tuple[str, ...],
    pair: Pair | None,
    play: Callable[[Pair], None],
    *,
    negative: bool = False,
) -> SuiteCase:
    def try_on(target: Target) -> Result:
        del target  # both sides are asked through their acts
        if pair is None:
            return Result(status=Status.SKIPPED, reason="expected two states")
        pair.begin()
        try:
            play(pair)
        except UnmetError as unmet:
            return Result(status=Status.FAILED, reason=str(unmet), evidence=unmet.evidence)
        except CannotActError as reason:
            return Result(status=Status.SKIPPED, reason=str(reason))
        except ActError as reason:
            found = pair.unmet(str(reason))
            return Result(status=Status.FAILED, reason=str(reason), evidence=found.evidence)
        return Result(status=Status.PASSED)

    ids = (requirements,) if isinstance(requirements, str) else requirements
    return SuiteCase(name=name, requirements=ids, negative=negative, try_on=try_on)


# --- the cases -----------------------------------------------------------------------------------


def _same_roots(pair: Pair) -> None:
    agreed = {
        state: sorted(root.thumbprint for root in pair.trust.roots.get(state, ()))
        for state in pair.states
    }
    _require_same(pair, "roots", agreed)


def _same_lists(pair: Pair) -> None:
    agreed = {state: pair.trust.lists[state].payload_digest for state in pair.states}
    _require_same(pair, "lists", agreed)


def _require_same(pair: Pair, what: str, agreed: Mapping[str, object]) -> None:
    for state in pair.states:
        told = pair.ask(state, Step.ROOTS, f"Show the {what} that count.").members.get(what, {})
        for each in pair.states:
            if told.get(each) != agreed[each]:
                raise pair.unmet(
                    f"expected {state} to have the agreed {what} of {each}, {agreed[each]}, "
                    f"found {told.get(each)}"
                )


def _road(pair: Pair, line: Connection) -> None:
    _send(pair, line, pair.draw(line))


def _send(pair: Pair, line: Connection, certificate: LeadingDocument) -> None:
    """Have a document go its whole way, and compare what both sides keep."""
    key = str(certificate.key)
    pair.enter(line.from_state, certificate)
    here, _ = pair.require_kept(line.from_state, key, line.message_type, facts=_WHOLE_ROAD)
    there, _ = pair.require_kept(line.to_state, key, line.message_type)
    if here.octets != there.octets:
        raise pair.unmet(f"expected both sides to keep the same octets of {key}")
    if parse_party_id(there.header.issuing_party).state != line.from_state:
        raise pair.unmet(f"expected {line.from_state} to have sealed {key}")


def _answers(pair: Pair, line: Connection) -> None:
    certificate, kind = pair.draw(line), get_kind(line)
    _send(pair, line, certificate)
    key, subject = str(certificate.key), documents.subject_of(certificate)
    at = datetime.now(UTC).replace(microsecond=0)
    said: list[tuple[str, Document]] = [("RES-REC", documents.receipt(subject, at=at))]
    if kind.is_decided:
        count = certificate.line_count
        given = documents.decide(subject, at=at, items=count, decision=Decision.GIVEN)
        said.append(("GIVEN", given))
    for _, document in said:
        pair.enter(line.to_state, document)
    facts = ",".join(fact for fact, _ in said)
    pair.require_kept(line.from_state, key, line.message_type, facts=facts)
    for _, document in said:
        message_type = find_type_of(document).message_type
        sealed, _ = pair.require_kept(line.from_state, key, message_type)
        if parse_party_id(sealed.header.issuing_party).state != line.to_state:
            raise pair.unmet(f"expected {line.to_state} to have sealed the {message_type}")


def _cancellation(pair: Pair, line: Connection) -> None:
    certificate = pair.draw(line)
    _send(pair, line, certificate)
    key, subject = str(certificate.key), documents.subject_of(certificate)
    at = datetime.now(UTC).replace(microsecond=0)
    name = get_kind(line).cancelled_by
    pair.enter(line.from_state, documents.cancel(subject, at=at, message_type=name))
    pair.require_kept(line.to_state, key, line.message_type, facts="CANCELLATION")
    pair.enter(line.to_state, documents.reply_to_cancellation(subject, at=at))
    for state in (line.from_state, line.to_state):
        pair.require_kept(state, key, line.message_type, facts="CANCELLED")


def _withdrawal(pair: Pair, line: Connection) -> None:
    certificate = pair.draw(line)
    _send(pair, line, certificate)
    key = str(certificate.key)
    pair.enter(line.from_state, take_back(certificate))
    one, other = (
        pair.require_kept(state, key, line.message_type, facts="WITHDRAWN", beside=1)[0]
        for state in (line.from_state, line.to_state)
    )
    if one.octets != other.octets:
        raise pair.unmet(f"expected both sides to know the same {key} as withdrawn")


def _verification(pair: Pair, line: Connection) -> None:
    certificate = pair.draw(line)
    _send(pair, line, certificate)
    key, subject = str(certificate.key), documents.subject_of(certificate)
    at = datetime.now(UTC).replace(microsecond=0)
    importing, exporting = line.to_state, line.from_state
    moves: tuple[tuple[str, Document, str], ...] = (
        (importing, documents.question(subject, at=at), "VERIFICATION"),
        (exporting, documents.explain(subject, at=at), "VERIFICATION REPLY"),
        (importing, documents.conclude(subject, at=at), "VERIFICATION CONFIRMED"),
    )
    for state, document, fact in moves:
        pair.enter(state, document)
        for each in pair.states:
            pair.require_kept(each, key, line.message_type, facts=fact)


def _broken_rule(pair: Pair, line: Connection) -> None:
    """Nobody has what breaks a rule, not even when what was entered after it has come."""
    broken = get_kind(line).break_rule(pair.draw(line))
    if not pair.try_to_enter(line.from_state, broken).is_refused:
        raise pair.unmet(f"expected {line.from_state} to refuse what breaks a rule")
    _send(pair, line, pair.draw(line))
    told = pair.acts[line.to_state].do(
        Step.KEPT,
        within=0.0,
        text=f"{line.to_state}: {broken.key} must not be there.",
        certificate_key=str(broken.key),
        message_type=line.message_type,
    )
    if told.members.get("kept"):
        raise pair.unmet(f"expected {line.to_state} not to have what breaks a rule")


_GROUPS: Final[Sequence[tuple[str, tuple[str, ...], Callable[[Kind[Any]], bool], _Play]]] = (
    ("road", ("PAIR-003", "PAIR-004"), lambda _: True, _road),
    ("answers", ("PAIR-005",), attrgetter("is_received"), _answers),
    ("cancellation", ("PAIR-006",), attrgetter("is_cancelled"), _cancellation),
    ("withdrawal", ("PAIR-010",), attrgetter("is_restated"), _withdrawal),
    ("verification", ("PAIR-011",), attrgetter("is_verified"), _verification),
)
"""What is tried on a line: group, requirements, of which kinds, how."""


def _notice(pair: Pair, *, at: int) -> None:
    state = pair.states[at]
    other = pair.other(state)
    told = pair.ask(state, Step.NOTICE, f"Declare a short outage to {other}.", partner=other)
    document_id = str(told.members.get("document_id", ""))
    came = pair.ask(
        other,
        Step.NOTICED,
        f"Has the outage notice of {state} come?",
        document_id=document_id,
        partner=state,
    )
    if not came.members.get("noticed", False):
        raise pair.unmet(f"expected {other} to be told of {state}'s outage")


def _day(pair: Pair) -> None:
    day = datetime.now(UTC).date().isoformat()
    told = {
        state: pair.ask(
            state, Step.SUMMARY, f"What did {day} come to?", day=day, partner=pair.other(state)
        ).members
        for state in pair.states
    }
    for state in pair.states:
        other = pair.other(state)
        sent, received = told[state].get("sent"), told[other].get("received")
        if not sent or sent != received:
            raise pair.unmet(
                f"expected {other} to have received what {state} sent on {day}: {sent}, "
                f"found {received}"
            )
