"""Which roots' signatures count on a draft, as far as that is known where it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from cryptography.x509.oid import NameOID

from swb.cli.trust_files import load_bundle, load_known_roots
from swb.core.trust_checks import KnownRoots, check_signer, count_signers
from swb_schemas.connection_agreement import AgreementForm
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.pair_report import PairReportForm
from swb_schemas.wire.root_succession import RootStatementForm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.core.trust_drafts import Draft, DraftForm
    from swb_schemas.wire.certificates import Certificate

__all__ = ["Counted", "find_counted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """So many of these roots must sign.

    Attributes:
        whose: Names the roots, for people.
        roots: They.
        needed: How many.
    """

    whose: str
    roots: tuple[Certificate, ...]
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Whose signatures count.

    Attributes:
        whose: Names the roots, for people.
        states: Whose they are.
        quorums: What must be reached, as far as the roots are known.
        is_known: Whether every root that counts is known.
        rest: What more must sign, for people, where that is not known.
        leaving: Thumbprints of roots that may sign and whose certificates are not at hand.
    """

    whose: str
    states: tuple[str, ...]
    quorums: tuple[Quorum, ...]
    is_known: bool
    rest: str = ""
    leaving: tuple[str, ...] = ()

    def check(self, root: Certificate) -> None:
        """Require a root's signature to count.

        Raises:
            RefusedError: ``trust.foreign_root``.
        """
        if root.thumbprint in self.leaving:
            return
        if self.quorums:
            counted = [root for each in self.quorums for root in each.roots]
            check_signer(root, counted=counted, whose=self.whose)
            return
        for each in root.parsed.subject.get_attributes_for_oid(NameOID.COUNTRY_NAME):
            if each.value not in self.states:
                message = f"expected one of {self.whose}, found one of {each.value!r}"
                raise RefusedError("trust.foreign_root", message, actor=Actor.OPERATOR)

    def tell(self, draft: Draft) -> Iterator[str]:
        """Say how far the signatures of a draft go."""
        for each in self.quorums:
            count = count_signers(draft, each.roots)
            yield f"{count} signature(s) of {each.whose}; {each.needed} must sign"
        if self.rest:
            found = "" if self.quorums else f"{len(draft.signatures)} signature(s), not counted; "
            yield f"{found}{self.rest}"


def find_counted(form: DraftForm, *, statement: Path | None, bundle: Path | None) -> Counted:
    """Find whose signatures count on a draft.

    Args:
        form: What is signed.
        statement: A root statement: that of a list, or the one before a root statement.
        bundle: A trust bundle.

    Raises:
        RefusedError: ``trust.*``, ``certificate.*``.
    """
    match form:
        case AgreementForm() | PairReportForm():
            return _of_agreement(form, statement=statement, bundle=bundle)
        case RootStatementForm():
            return _of_statement(form, statement=statement, bundle=bundle)
        case _:
            pass
    whose = f"the roots of {form.state}"
    known = load_known_roots(form.state, statement=statement, bundle=bundle)
    if known is None:
        rest = f"by its own word {form.quorum} must sign"
        return Counted(whose=whose, states=(form.state,), quorums=(), is_known=False, rest=rest)
    known.require(form.state, form.environment, form.root_number)
    needed = max(form.quorum, known.quorum)
    quorums = (Quorum(whose=whose, roots=known.roots, needed=needed),)
    return Counted(whose=whose, states=(form.state,), quorums=quorums, is_known=True)


def _of_statement(
    form: RootStatementForm, *, statement: Path | None, bundle: Path | None
) -> Counted:
    own = KnownRoots.of_statement(form)
    quorums = [Quorum(whose="its own roots", roots=own.roots, needed=form.quorum)]
    before = load_known_roots(form.state, statement=statement, bundle=bundle)
    rest = ""
    if before is not None and before.number < form.number:
        before.require(form.state, form.environment, form.number - 1)
        name = f"the roots before it (number {before.number})"
        quorums.append(Quorum(whose=name, roots=before.roots, needed=before.quorum))
    elif form.number > 1:
        rest = "the quorum of the roots before it signs too; --under of that statement counts them"
    return Counted(
        whose=f"the roots of {form.state}, in the statement or before it",
        states=(form.state,),
        quorums=tuple(quorums),
        is_known=True,
        rest=rest,
        leaving=() if len(quorums) > 1 else tuple(each.root for each in form.former),
    )


def _of_agreement(
    form: AgreementForm | PairReportForm, *, statement: Path | None, bundle: Path | None
) -> Counted:
    if statement is not None:
        raise click.UsageError("expected --trust with a bundle of both states for an agreement")
    whose = f"the roots of {' and '.join(form.states)}"
    rest = "each of the two states' quorum has to sign"
    if bundle is None:
        return Counted(whose=whose, states=form.states, quorums=(), is_known=False, rest=rest)
    believed = load_bundle(bundle)
    quorums = []
    for state in form.states:
        if state not in believed.root_sets:
            message = f"expected a bundle in which roots of {state} are pinned"
            raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
        roots = believed.root_sets[state]
        known = KnownRoots.of_set(roots, state=state, environment=believed.environment)
        known.require(state, form.environment)
        name = f"the roots of {state}"
        quorums.append(Quorum(whose=name, roots=known.roots, needed=known.quorum))
    return Counted(
        whose=whose, states=form.states, quorums=tuple(quorums), is_known=True, rest=rest
    )
