"""The kit's checks one after the other, for whoever has an adapter and no test runner.

The same checks as `AdapterContract`, as values: ``swb adapters test`` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.choosing import Syntax
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.testing.carrying import check_document, check_payload
from swb_adapters.sdk.testing.describing import check_info, check_paths
from swb_adapters.sdk.testing.hostile import (
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from swb_adapters.sdk.testing.plain import check_crossing
from swb_adapters.sdk.testing.purity import check_purity
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from swb_adapters.sdk.contract import Adapter, MessageSupport
    from swb_schemas.documents import Document

__all__ = ["Checked", "run_checks"]

_NO_SPELLING: Final = frozenset(
    {"adapter.value", "adapter.mandatory_loss", "adapter.unsupported", "document.too_many_items"}
)
_SYNTAXES: Final = {Syntax.XML: "xml", Syntax.JSON: "json"}
_OCTETS: Final = frozenset({"", "edifact"})
"""Syntaxes with character sets in which any octet may be a character."""
_EVERY: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check.

    Attributes:
        check: Its name.
        subject: Of what: a sample's name, or a message type; empty where it is the adapter.
        problems: What was expected and found; empty where all is well.
        skipped: Why it was not made; empty where it was.
        cases: How many payloads or documents were tried.
    """

    check: str
    subject: str = ""
    problems: tuple[str, ...] = ()
    skipped: str = ""
    cases: int = 1


def run_checks(
    adapter: Adapter,
    samples: Sequence[tuple[str, bytes]],
    *,
    pure: bool = True,
    examples: int = 40,
    mutations: int = 150,
) -> Iterator[Checked]:
    """Make all checks.

    Args:
        adapter: The adapter.
        samples: Name and octets of payloads that it must read, in order.
        pure: Whether it runs in this process, where it can be watched.
        examples: Generated documents for each message type.
        mutations: Damaged payloads for each message type.
    """
    yield Checked(check="description", problems=check_info(adapter))
    firsts: dict[str, tuple[str, bytes]] = {}
    for name, raw in samples:
        problems = _guard(partial(check_payload, adapter, raw))
        yield Checked(check="sample is carried", subject=name, problems=problems)
        if problems:
            continue
        firsts.setdefault(adapter.to_canonical(raw).message_type, (name, raw))
        yield Checked(
            check="crosses to a process", subject=name, problems=check_crossing(adapter, raw)
        )
    reads = {each.message_type for each in adapter.info.messages if each.reads}
    missing = tuple(
        f"expected a sample of {each}, found none" for each in sorted(reads - firsts.keys())
    )
    yield Checked(check="a sample of every type", problems=missing, cases=len(reads))
    for message in adapter.info.messages:
        if message.message_type in firsts:
            name, raw = firsts[message.message_type]
            yield from _check_type(adapter, message, name, raw, pure=pure, mutations=mutations)
        if message.reads and message.writes:
            yield _check_generated(adapter, message, examples)


def _guard(check: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Make a check; what an adapter throws is a problem like any other."""
    try:
        return check()
    except RefusedError as refusal:
        return (f"expected no refusal, found {refusal}",)
    except Exception as error:  # noqa: BLE001 - whatever an adapter does
        return (f"expected no exception but refusals, found {type(error).__name__}: {error}"[:300],)


def _check_type(
    adapter: Adapter, message: MessageSupport, name: str, raw: bytes, *, pure: bool, mutations: int
) -> Iterator[Checked]:
    reading = adapter.to_canonical(raw)
    paths = check_paths(message, reading.paths)
    if getattr(adapter, "tables", None):
        yield Checked(check="every element has a path", subject=name, problems=paths)
    if pure:
        problems = check_purity(lambda: adapter.to_canonical(raw))
        if message.writes:
            problems += check_purity(lambda: adapter.from_canonical(reading.document))
        yield Checked(check="touches nothing else", subject=name, problems=problems)
    syntax = _name_syntax(adapter.info.media_type)
    changed = [("one octet changed", each, True) for each in mutate_payload(raw, count=mutations)]
    try:
        hostile = [
            (why, each, why.startswith("twice") or (syntax in _OCTETS and "no UTF-8" in why))
            for why, each in hostile_payloads(raw, syntax=syntax)
        ]
        if syntax:
            shapes = reshape_payload(raw, every=_EVERY, syntax=syntax)
            changed += [("one place changed", each, True) for each in shapes]
    except Exception as error:  # noqa: BLE001 - whatever the parser of that syntax raises
        media_type, found = adapter.info.media_type, type(error).__name__
        problem = f"expected a sample of {media_type}, as the adapter says, found another: {found}"
        yield Checked(check="sample is of its media type", subject=name, problems=(problem,))
        return
    yield _check_all("refuses hostile payloads", name, adapter, hostile)
    yield _check_all("reads or refuses damaged payloads", name, adapter, changed)
    large = ("too large", b" " * (DEFAULT_LIMITS.octets + 1), False)
    yield _check_all("keeps its limit of octets", name, adapter, [large])


def _name_syntax(media_type: str) -> str:
    """Name a syntax as `hostile_payloads` does; empty where it knows nothing of it."""
    if media_type.lower() == "application/edifact":
        return "edifact"
    return _SYNTAXES.get(Syntax.of_media_type(media_type), "")


def _check_all(
    check: str, subject: str, adapter: Adapter, payloads: Iterable[tuple[str, bytes, bool]]
) -> Checked:
    """Try payloads, each with its name and whether it may be read."""
    problems: list[str] = []
    cases = 0
    for why, raw, may_read in payloads:
        cases += 1
        found = check_refusals(adapter, raw, may_read=may_read)
        problems += [f"{why}: {each}" for each in found]
    return Checked(check=check, subject=subject, problems=tuple(problems[:20]), cases=cases)


def _check_generated(adapter: Adapter, message: MessageSupport, examples: int) -> Checked:
    check, subject = "carries documents or says what it loses", message.message_type
    try:
        from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - may be missing

        from swb_adapters.sdk.testing.strategies import documents_of  # noqa: PLC0415 - needs it
    except ModuleNotFoundError:
        return Checked(check=check, subject=subject, skipped="hypothesis is not installed", cases=0)
    problems: list[str] = []
    agreement = (message.agreements or ("ATIGA",))[0]
    try:
        documents = documents_of(message.model, agreement=agreement)
    except (KeyError, ValueError):
        return Checked(check=check, subject=subject, skipped="no such documents are made", cases=0)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(document=documents)
    def carry(document: Document) -> None:
        try:
            problems.extend(check_document(adapter, document))
        except RefusedError as refusal:
            if refusal.code not in _NO_SPELLING:
                problems.append(f"expected it to be carried, found {refusal}")

    def carry_all() -> tuple[str, ...]:
        carry()
        return ()

    problems.extend(_guard(carry_all))
    unique = tuple(dict.fromkeys(problems))[:20]
    return Checked(check=check, subject=subject, problems=unique, cases=examples)
