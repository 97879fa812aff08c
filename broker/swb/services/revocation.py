"""Revocation: answers are fetched beside the traffic, kept, and laid over the trust bundle.

No message waits for the network. A step asks for what is due, long before an answer ends; a
judgement takes what is known at its moment:

===============================  ==================================================================
What is known                    What the bundle says
===============================  ==================================================================
a fresh answer, good             nothing against it
an authentic answer, revoked     distrusted since then: refused, without proof that it is older
nothing of that, and somebody    unknown: undetermined, so that a message is held and judged again
should have been asked
===============================  ==================================================================

So an outage never refuses, and never lets pass.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from swb.core.dueness import bring_forward
from swb.core.retrying import RetryPolicy, decide_delay
from swb.core.revocation import judge_subject, lay_verdicts, list_subjects
from swb.services.questions import Questions, read_response, read_state
from swb_schemas.errors import SwbError, UnavailableError
from swb_schemas.wire.crl import RevocationList, read_crl
from swb_schemas.wire.revocation import (
    AnswerKind,
    Good,
    RevocationAnswer,
    Revoked,
    Said,
    Statement,
    Unclear,
    host_of,
    judge_statement,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from swb.core.revocation import Asking, Subject
    from swb.ports import AnswerCache, AnswerFetcher, Clock, TrustSource
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.revocation import RevocationPolicy, Verdict
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["RevocationService"]

_log = structlog.get_logger("swb.revocation")

_NEAR_END: Final = 4
"""An answer is near its end when less than this part of its life is left."""
_Slot: TypeAlias = tuple[Said, AnswerKind]
"""Of each certificate, the newest answer of a kind that says so is kept."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_RETRYING: Final = RetryPolicy(
    first_delay=timedelta(seconds=2), ceiling=timedelta(minutes=5), max_attempts=2**31
)


@dataclass(slots=True)
class _Asked:
    """How asking about one certificate stands."""

    due_at: datetime
    failures: int = 0

    def is_due(self, now: datetime, *, every: timedelta) -> bool:
        """Whether it is time, also where it was planned by a clock that had leapt ahead."""
        if self.due_at != _NEVER:
            longest = min(every, _RETRYING.ceiling) if self.failures else every
            self.due_at = bring_forward(self.due_at, now=now, every=longest)
        return self.due_at <= now


class RevocationService:
    """`swb.ports.TrustSource` that knows the status of certificates.

    Args:
        trust: Where the lists come from.
        fetcher: Asks.
        cache: Keeps what was answered.
        clock: The judging moment.
        jitter: Draws a number in [0, 1).
        asking: When a certificate needs an answer.
        policy: How old an answer may be.
        refresh_every: How often is asked again at least.
        named_in_certificates: Whether is asked, too, where certificates themselves say.
    """

    def __init__(
        self,
        *,
        trust: TrustSource,
        fetcher: AnswerFetcher,
        cache: AnswerCache,
        clock: Clock,
        jitter: Callable[[], float],
        asking: Asking,
        policy: RevocationPolicy,
        refresh_every: timedelta,
        named_in_certificates: bool,
    ) -> None:
        self._trust = trust
        self._fetcher = fetcher
        self._cache = cache
        self._clock = clock
        self._jitter = jitter
        self._asking = asking
        self._policy = policy
        self._refresh_every = refresh_every
        self._named = named_in_certificates
        self._loading = asyncio.Lock()
        self._kept: dict[str, tuple[RevocationAnswer, ...]] | None = None
        self._bundle: TrustBundle | None = None
        self._subjects: tuple[Subject, ...] = ()
        self._said: dict[str, dict[_Slot, tuple[Statement, RevocationAnswer]]] = {}
        self._asked: dict[str, _Asked] = {}
        self._laid: TrustBundle | None = None
        self._laid_at = self._laid_until = _NEVER
        self._unkept = False

    # --- what is known ---------------------------------------------------------------------

    async def fetch(self) -> TrustBundle:
        """Get the bundle in force, with what is known against its certificates now.

        Raises:
            UnavailableError: ``trust.unreachable``.
            UndeterminedError: ``trust.unusable``.
        """
        bundle = await self._take_bundle()
        now = self._clock.now()
        if self._laid is None or not self._laid_at <= now <= self._laid_until:
            verdicts = self._judge(now)
            self._laid, self._laid_at = lay_verdicts(bundle, verdicts), now
            self._laid_until = min(self._ends(now, verdicts.values()), default=_NEVER)
        return self._laid

    async def answers_for(self, thumbprint: str) -> Sequence[RevocationAnswer]:
        """Get what was answered of a certificate last: good and revoked, whichever there are.

        Raises:
            UnavailableError: ``trust.unreachable``.
            UndeterminedError: ``trust.unusable``.
        """
        await self._take_known()
        return self._all_answers().get(thumbprint, ())

    async def check(self) -> None:
        """Say how answers stand.

        Raises:
            UnavailableError: ``revocation.unanswered``: a certificate has no answer that counts;
                ``revocation.near_end``: asking fails, and an answer does not count much longer.
        """
        await self._take_known()
        now = self._clock.now()
        verdicts = self._judge(now)
        unanswered = [each for each in verdicts.values() if isinstance(each, Unclear)]
        if unanswered:
            found = f"{len(unanswered)} without: {unanswered[0].reason}"
            message = f"expected an answer for {len(self._subjects)} certificates, found {found}"
            raise UnavailableError("revocation.unanswered", message)
        for name, verdict in verdicts.items():
            if isinstance(verdict, Good) and self._asked[name].failures:
                left = verdict.fresh_until - now
                if left < (verdict.fresh_until - verdict.this_update) / _NEAR_END:
                    message = f"expected newer answers; the one about {name} counts for {left} more"
                    raise UnavailableError("revocation.near_end", message)

    def _judge(self, now: datetime) -> dict[str, Verdict]:
        verdicts = {}
        for each in self._subjects:
            statements = [statement for statement, _ in self._said.get(each.name, {}).values()]
            verdict = judge_subject(
                each, statements, at=now, asking=self._asking, policy=self._policy
            )
            if verdict is not None:
                verdicts[each.name] = verdict
        return verdicts

    def _ends(self, now: datetime, verdicts: Iterable[Verdict]) -> Iterable[datetime]:
        """List the instants after which the verdicts may be others without any new answer."""
        yield from (each.fresh_until for each in verdicts if isinstance(each, Good))
        ends = (each.certificate.valid_until for each in self._subjects)
        yield from (end for end in ends if end >= now)

    async def _take_known(self) -> None:
        """Know some bundle; where there is none now, the one before serves to go on asking."""
        try:
            await self._take_bundle()
        except SwbError:
            if self._bundle is None:
                raise

    async def _take_bundle(self) -> TrustBundle:
        """Get the bundle; where it is another one, judge what was kept about its certificates."""
        bundle = await self._trust.fetch()
        if bundle is self._bundle:
            return bundle
        async with self._loading:
            if bundle is self._bundle:
                return bundle
            if self._kept is None:
                try:
                    loaded = await self._cache.load()
                except UnavailableError as error:
                    _log.warning("revocation_cache", code=error.code, reason=error.message)
                    loaded = {}
                self._kept = {name: tuple(answers) for name, answers in loaded.items()}
            self._subjects = list_subjects(bundle, named_in_certificates=self._named)
            self._read_kept(self._kept)
            self._bundle, self._laid = bundle, None
        return bundle

    def _read_kept(self, kept: dict[str, tuple[RevocationAnswer, ...]]) -> None:
        lists: dict[tuple[bytes, bytes], RevocationList | Unclear] = {}
        now = self._clock.now()
        for subject in self._subjects:
            self._asked.setdefault(subject.name, _Asked(due_at=now))
            if subject.name in self._said:
                continue
            for answer in kept.get(subject.name, ()):
                if answer.kind is AnswerKind.OCSP:
                    self._note(subject, read_response(answer.octets, subject), answer)
                    continue
                key = (answer.octets, subject.issuer.der)
                if key not in lists:
                    lists[key] = read_crl(answer.octets, issuer=subject.issuer)
                self._note(subject, read_state(lists[key], subject), answer)
        self._unkept = False

    def _note(
        self, subject: Subject, read: Statement | Unclear, answer: RevocationAnswer | None
    ) -> None:
        """Note what an authentic answer says, unless something newer says the same."""
        if isinstance(read, Unclear) or read.said is Said.UNKNOWN or answer is None:
            return
        latest = self._clock.now() + self._policy.clock_skew
        if read.this_update > latest:
            return  # it must not take the place of one that counts now
        said = self._said.setdefault(subject.name, {})
        known = said.get((read.said, read.kind))
        if known is not None and (
            read.said is Said.REVOKED or latest >= known[0].this_update >= read.this_update
        ):
            return  # one that was noted while the clock had leapt ahead does not count now
        said[read.said, read.kind] = (read, answer)
        self._laid, self._unkept = None, True
        if read.said is not Said.GOOD:
            _log.warning("certificate_" + read.said, thumbprint=subject.name, reason=read.reason)

    # --- asking ----------------------------------------------------------------------------

    async def refresh_due(self) -> int:
        """Ask about every certificate that is due, once.

        Returns:
            About how many was asked.

        Raises:
            UnavailableError: ``trust.unreachable``, ``revocation.cache``.
            UndeterminedError: ``trust.unusable``.
        """
        await self._take_known()
        now = self._clock.now()
        due = [
            each
            for each in self._subjects
            if each.is_asked_for(now)
            and self._asked[each.name].is_due(now, every=self._refresh_every)
        ]
        if not due:
            return 0
        questions = Questions(self._fetcher)
        await asyncio.gather(*(self._ask(each, questions) for each in due))
        if self._unkept:
            await self._cache.keep(self._all_answers())
            self._unkept = False
        return len(due)

    async def _ask(self, subject: Subject, questions: Questions) -> None:
        """Ask one source after the other until one says something that counts."""
        verdict: Verdict = Unclear(reason="nobody was asked")
        reasons = []
        for kind, url in subject.sources.in_order():
            if kind is AnswerKind.OCSP:
                read, answer = await questions.ask_responder(url, subject)
                self._note(subject, read, answer)
            else:
                found, answer, is_first = await questions.fetch_list(url, subject.issuer)
                read = read_state(found, subject)
                for each in self._issued_by(subject.issuer) if is_first else ():
                    self._note(each, read_state(found, each), answer)
            verdict = self._judge_read(subject, read)
            if not isinstance(verdict, Unclear) or verdict.held_at is not None:
                break
            reasons.append(f"{host_of(url)}: {verdict.reason}")
        self._plan(subject, verdict, reasons)

    def _judge_read(self, subject: Subject, read: Statement | Unclear) -> Verdict:
        if isinstance(read, Unclear):
            return read
        return judge_statement(
            read, at=self._clock.now(), policy=self._policy, of_authority=subject.is_authority
        )

    def _issued_by(self, issuer: Certificate) -> Iterator[Subject]:
        return (each for each in self._subjects if each.issuer.der == issuer.der)

    def _plan(self, subject: Subject, verdict: Verdict, reasons: Sequence[str]) -> None:
        """Decide when to ask again: long before an answer ends, and soon after a failure."""
        asked, now = self._asked[subject.name], self._clock.now()
        match verdict:
            case Revoked():
                asked.failures, asked.due_at = 0, _NEVER
            case Good():
                rest = min(self._refresh_every, (verdict.fresh_until - now) / 2)
                asked.failures, asked.due_at = 0, now + rest * (1 - self._jitter() / 10)
            case Unclear():
                asked.failures += 1
                wait = decide_delay(asked.failures, jitter=self._jitter(), policy=_RETRYING)
                asked.due_at = now + (wait or _RETRYING.ceiling)
                _log.warning(
                    "revocation_unanswered",
                    thumbprint=subject.name,
                    state=subject.state,
                    failures=asked.failures,
                    reason=verdict.reason if verdict.held_at else "; ".join(reasons),
                )

    def _all_answers(self) -> dict[str, tuple[RevocationAnswer, ...]]:
        """List what is known, and what was kept about certificates that are listed no more."""
        return {
            **(self._kept or {}),
            **{
                name: tuple(answer for _, answer in said.values())
                for name, said in self._said.items()
            },
        }
