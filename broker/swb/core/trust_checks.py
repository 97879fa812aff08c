"""What is checked before a certificate is listed, and before a root signs.

Readers check the same later, and refuse in silence what does not count; whoever drafts and signs
is told at once. A draft does not say which roots its state has: they come from the root statement
or the bundle at hand. Without these only what the certificate itself says can be checked.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.certificates import Certificate, parse_certificate, verify_ecdsa
from swb_schemas.wire.jws import signing_input
from swb_schemas.wire.paths import find_path
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.core.trust_drafts import Draft
    from swb_schemas.wire.root_succession import RootSet, RootStatementForm
    from swb_schemas.wire.trust import ListedCertificate
    from swb_schemas.wire.trust_list import TrustListForm

__all__ = ["KnownRoots", "check_addition", "check_signer", "count_signers", "has_signed"]

_PARTY: Final = "urn:swb:party:"
_OVER: Final = "certificate.expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRoots:
    """The roots of a state, as far as they are known where something is drafted or signed.

    Attributes:
        state: Whose.
        environment: test or production.
        number: Of the root statement that names them.
        roots: Who signs.
        quorum: How many must.
        former: Those that were replaced, as far as their certificates are at hand.
        is_complete: Whether every root is at hand whose certificates count.
    """

    state: str
    environment: str
    number: int
    roots: tuple[Certificate, ...]
    quorum: int
    former: tuple[Certificate, ...] = ()
    is_complete: bool = True

    @classmethod
    def of_statement(cls, form: RootStatementForm) -> KnownRoots:
        """Take those that a root statement names.

        Raises:
            RefusedError: ``certificate.malformed``, ``certificate.key``.
        """
        return cls(
            state=form.state,
            environment=form.environment,
            number=form.number,
            roots=tuple(parse_certificate(base64.b64decode(each)) for each in form.roots),
            quorum=form.quorum,
            is_complete=not form.former,
        )

    @classmethod
    def of_set(cls, roots: RootSet, *, state: str, environment: str) -> KnownRoots:
        """Take those that a bundle believes."""
        return cls(
            state=state,
            environment=environment,
            number=roots.number,
            roots=roots.roots,
            quorum=roots.quorum,
            former=tuple(each.certificate for each in roots.former),
        )

    def require(self, state: str, environment: str, number: int | None = None) -> None:
        """Require them to be those of a draft.

        Args:
            state: The draft's.
            environment: The draft's.
            number: Of the root statement that a list is made under; None asks for none.

        Raises:
            RefusedError: ``trust.other_list``, ``trust.other_roots``.
        """
        if (state, environment) != (self.state, self.environment):
            message = (
                f"expected roots of {state} for {environment}, "
                f"found those of {self.state} for {self.environment}"
            )
            raise RefusedError("trust.other_list", message)
        if number not in {None, self.number}:
            message = (
                f"expected the roots of root statement {number} of {state}, under which the list "
                f"is made, found those of {self.number}"
            )
            raise RefusedError("trust.other_roots", message)


def check_addition(
    form: TrustListForm,
    entry: ListedCertificate,
    *,
    known: KnownRoots | None,
    at: datetime,
) -> bool:
    """Require of a certificate what readers of the list will require of it.

    Args:
        form: The draft.
        entry: What should be listed; its path is found here.
        known: The state's roots.
        at: Now.

    Returns:
        Whether it is known to be issued under a root of the state; False where it cannot be told.

    Raises:
        RefusedError: ``certificate.key_usage``, ``certificate.other_party``,
            ``certificate.expired``, ``certificate.not_issued``, ``trust.other_list``,
            ``trust.other_roots``.
    """
    certificate = entry.certificate
    if not entry.has_fitting_usage:
        found = "an authority's" if certificate.is_authority else "one of another key usage"
        message = f"expected a certificate whose key usage fits {entry.purpose}, found {found}"
        raise RefusedError("certificate.key_usage", message)
    named = _find_parties(certificate)
    if named and entry.party not in named:
        message = f"expected a certificate of {entry.party}, found one of {', '.join(named)}"
        raise RefusedError("certificate.other_party", message, actor=Actor.OPERATOR)
    if min(certificate.valid_until, entry.listed_until) < at:
        ended = format_instant(min(certificate.valid_until, entry.listed_until))
        message = f"expected a certificate that still holds, found one that ended {ended}"
        raise RefusedError(_OVER, message)
    if certificate.parsed.issuer == certificate.parsed.subject:
        message = (
            f"expected a certificate issued by a root of {form.state}, found a self-signed one"
        )
        raise RefusedError("certificate.not_issued", message)
    if known is None:
        return False
    known.require(form.state, form.environment, form.root_number)
    between = [parse_certificate(base64.b64decode(each.certificate)) for each in form.authorities]
    if find_path(certificate, roots=(*known.roots, *known.former), authorities=between):
        return True
    if not known.is_complete:
        return False
    message = (
        f"expected a certificate that a root of {form.state} issued, or an authority that the "
        f"draft names, found one issued by {certificate.parsed.issuer.rfc4514_string()}"
    )
    raise RefusedError("certificate.not_issued", message)


def _find_parties(certificate: Certificate) -> list[str]:
    try:
        names = certificate.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    uris = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    return [each for each in uris if each.startswith(_PARTY)]


def check_signer(root: Certificate, *, counted: Sequence[Certificate], whose: str) -> None:
    """Require a root to be one of those whose signature counts.

    Args:
        root: Who wants to sign.
        counted: Those that count.
        whose: Names them, for people.

    Raises:
        RefusedError: ``trust.foreign_root``.
    """
    if root.thumbprint not in {each.thumbprint for each in counted}:
        message = (
            f"expected one of {whose}, found {root.subject} ({root.thumbprint}): this root is none "
            "of them, the signature will not count"
        )
        raise RefusedError("trust.foreign_root", message, actor=Actor.OPERATOR)


def has_signed(draft: Draft, root: Certificate) -> bool:
    """Whether a root's signature stands on a draft, and holds."""
    value = draft.signatures.get(root.thumbprint)
    if value is None:
        return False
    try:
        verify_ecdsa(root.public_key, value, signing_input(draft.payload, kid=root.thumbprint))
    except RefusedError:
        return False
    return True


def count_signers(draft: Draft, counted: Sequence[Certificate]) -> int:
    """Count the roots whose signatures stand on a draft and hold."""
    return sum(has_signed(draft, each) for each in counted)
