"""What one case of the profile `adapter` does; each raises where something does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_conformance.carrying.asking import (
    NO_SPELLING,
    UnspelledError,
    check_reading,
    check_refusal,
    read,
    write,
)
from swb_conformance.carrying.comparing import find_differences, find_missing
from swb_conformance.carrying.hostile import mutate, tell_octets
from swb_conformance.target import Verb
from swb_conformance.testing import UnmetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from swb_conformance.carrying.asking import Written
    from swb_conformance.carrying.documents import Carried
    from swb_conformance.carrying.hostile import Damage
    from swb_conformance.target import Answer, Target

__all__ = [
    "carries",
    "carries_most",
    "carries_or_refuses_large",
    "does_not_write",
    "keeps_nothing",
    "leaves_unknown_members_aside",
    "reads_leaving_members_aside",
    "reads_or_refuses",
    "reads_or_refuses_changed",
    "refuses",
    "refuses_damage",
    "refuses_damaged",
    "repeats",
    "require_triable",
    "starts_again",
]

_SHOWN: Final = 5


def carries(target: Target, carried: Carried, document: bytes) -> None:
    """A document is carried whole, or what is lost is said."""
    written = write(target, carried, document)
    missing = _find_missing(document, written.losses)
    if missing:
        raise UnmetError(f"expected losses of what the document has, found {missing[0][:200]}")
    after = read(target, carried, written.payload).document
    differences = find_differences(document, after, written.losses)
    if differences:
        more = f" and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
        found = f"{', '.join(differences[:_SHOWN])}{more}"
        raise UnmetError(f"expected to be carried or declared lost, found changed: {found}")


def repeats(target: Target, carried: Carried, document: bytes) -> None:
    """The same input has the same output; what was read is written again with the same octets."""
    first = write(target, carried, document)
    second = write(target, carried, document)
    if (first.payload, first.told) != (second.payload, second.told):
        raise UnmetError("expected the same payload for the same document, found another")
    one, other = (read(target, carried, first.payload) for _ in range(2))
    if (one.document, one.told) != (other.document, other.told):
        raise UnmetError("expected the same document for the same payload, found another")
    again = write(target, carried, one.document)
    if again.losses:
        raise UnmetError(f"expected nothing more to lose, found {again.losses[0][:200]}")
    if again.payload != first.payload:
        raise UnmetError("expected what was read to be written with the same octets, found others")


def carries_most(target: Target, carried: Carried, documents: Sequence[bytes]) -> None:
    """At least half of the documents of a type are carried, and not refused as unspellable."""
    refusals = []
    for document in documents:
        try:
            write(target, carried, document)
        except UnspelledError as refusal:
            refusals.append(str(refusal))
    if len(refusals) * 2 > len(documents):
        found = f"{len(refusals)} of {len(documents)} refused, the first with {refusals[0][:200]}"
        raise UnmetError(f"expected at least half of the documents to be carried, found {found}")


def keeps_nothing(target: Target, carried: Carried, document: bytes, other: bytes) -> None:
    """What was asked before changes no answer: not another document, not a refusal."""
    before = write(target, carried, document)
    reading = read(target, carried, before.payload)
    target.ask(Verb.FROM_CANONICAL, other)
    target.ask(Verb.TO_CANONICAL, b"no payload")
    target.ask(Verb.TO_CANONICAL, before.payload[: len(before.payload) // 2])
    after = write(target, carried, document)
    if (after.payload, after.told) != (before.payload, before.told):
        raise UnmetError("expected the same payload whatever was asked before, found another")
    if read(target, carried, before.payload) != reading:
        raise UnmetError("expected the same document whatever was asked before, found another")


def starts_again(
    target: Target, carried: Sequence[Carried], choose: Callable[[Carried], bytes]
) -> None:
    """A new process of it gives the same octets, whatever the old one was asked before.

    It describes itself in the same way, too.
    """
    description = target.describe()
    target.ask(Verb.TO_CANONICAL, b"no payload")
    before = [(each, _write_some(target, each, choose(each))) for each in carried]
    target.close()
    if target.describe() != description:
        raise UnmetError("expected the same description after a new start, found another")
    for each, written in before:
        if written is None:
            continue
        again = write(target, each, choose(each))
        if (again.payload, again.told) != (written.payload, written.told):
            raise UnmetError(
                f"expected the same payload of {each.message_type} after a new start, found another"
            )


def leaves_unknown_members_aside(target: Target, carried: Carried, document: bytes) -> None:
    """A member of a request that it does not know changes nothing."""
    plain = write(target, carried, document)
    more = write(target, carried, document, x_unknown={"a": [1, None]})
    if (plain.payload, plain.told) != (more.payload, more.told):
        raise UnmetError("expected an unknown member to be left aside, found another answer")


def reads_leaving_members_aside(target: Target, carried: Carried, payload: bytes) -> None:
    """A member of a request to read that it does not know changes nothing."""
    if read(target, carried, payload) != read(target, carried, payload, x_unknown={"a": [1, None]}):
        raise UnmetError("expected an unknown member to be left aside, found another answer")


def require_triable(told: Sequence[Mapping[str, Any]], carried: Mapping[str, Carried]) -> None:
    """Whoever describes itself so that hardly anything is asked has shown nothing.

    Args:
        told: ``messages`` of its description.
        carried: By message type: what of them the suite can try.

    Raises:
        UnmetError: It cannot be tried.
    """
    for each in told:
        name = each["message_type"]
        if not (each.get("reads", True) or each.get("writes", True)):
            raise UnmetError(f"expected {name} to be read or written, found neither")
        if name not in carried:
            raise UnmetError(f"expected types of a national format, found {name}")
        if not carried[name].documents:
            found = ", ".join(carried[name].agreements)
            raise UnmetError(f"expected {name} of agreements that there are, found {found[:200]}")


def refuses(target: Target, payload: bytes) -> None:
    """Octets that are no payload of any format are refused by a code of the contract."""
    _require_refusal(target, payload, f"put to it were {tell_octets(payload)}")


def _require_refusal(target: Target, payload: bytes, what: str) -> Answer:
    """Have a payload refused; a failure tells what was put to the target."""
    answer = target.ask(Verb.TO_CANONICAL, payload)
    try:
        check_refusal(answer)
    except UnmetError as error:
        raise UnmetError(f"{error}; {what}") from error
    return answer


def refuses_damaged(target: Target, carried: Carried, document: bytes, damage: Damage) -> None:
    """A payload that was damaged so that nobody may read it is refused."""
    payload = write(target, carried, document).payload
    read(target, carried, payload)
    refuses_damage(target, payload, damage)


def refuses_damage(target: Target, payload: bytes, damage: Damage) -> None:
    """A good payload that was damaged so that nobody may read it is refused."""
    damaged = damage.do(payload)
    what = f"a good payload of {len(payload):,} octets was {damage.words}"
    _require_refusal(target, damaged, f"{what}: {tell_octets(damaged)}")


def reads_or_refuses(
    target: Target, carried: Carried, document: bytes, seeds: Sequence[str]
) -> None:
    """A payload with a few octets changed is read or refused, and properly."""
    reads_or_refuses_changed(target, write(target, carried, document).payload, seeds)


def reads_or_refuses_changed(target: Target, payload: bytes, seeds: Sequence[str]) -> None:
    """A good payload with a few octets changed is read or refused, and properly."""
    for seed in seeds:
        answer = target.ask(Verb.TO_CANONICAL, mutate(payload, seed))
        try:
            if answer.verdict == "accepted":
                check_reading(answer)
            else:
                check_refusal(answer)
        except UnmetError as error:
            what = f"a few octets of a good payload of {len(payload):,} were changed"
            raise UnmetError(f"{error}; {what}") from error


def does_not_write(target: Target, document: bytes, what: str) -> None:
    """A document of a type or agreement that it does not carry is refused as such.

    Args:
        target: Who is asked.
        document: Canonical octets.
        what: What the document is, and why the target may not write it.
    """
    answer = target.ask(Verb.FROM_CANONICAL, document)
    try:
        check_refusal(answer)
    except UnmetError as error:
        raise UnmetError(f"{error}; expected was adapter.unsupported for {what}") from error
    if answer.code != "adapter.unsupported":
        found = f"found refused {answer.code}"
        raise UnmetError(f"expected refused adapter.unsupported for {what}, {found}")


def carries_or_refuses_large(target: Target, carried: Carried, document: bytes) -> None:
    """A large document is carried, or refused for its size."""
    try:
        carries(target, carried, document)
    except UnspelledError as refusal:
        if str(refusal).partition(":")[0] not in NO_SPELLING:  # pragma: no cover - of `write`
            raise UnmetError(str(refusal)) from refusal


def _write_some(target: Target, carried: Carried, document: bytes) -> Written | None:
    try:
        return write(target, carried, document)
    except UnspelledError:
        return None


def _find_missing(document: bytes, paths: Sequence[str]) -> tuple[str, ...]:
    try:
        return find_missing(document, paths)
    except ValueError as error:
        raise UnmetError(str(error)) from error
