"""One certificate, one use: what was used on paper beside what customs says electronically.

Paper is written down by hand, so a use and its certificate are compared by their folded keys (upper
case, separators dropped). A use that is spelled exactly as another certificate that is here is that
one's use, and nobody else's.

Preference is given by the item: a response that gives it for one item of ten is a use too. A
response that names the very declaration of the use on paper speaks of that use, and is no second
one. A parallel exchange binds nobody, and so uses nothing.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CustomsResponse
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

    from swb.ports import Certificates, PaperRegister, PaperUse
    from swb.services.grounds import Subject
    from swb.services.kept import Kept
    from swb_schemas.documents import Document
    from swb_schemas.parties import CertificateKey

__all__ = ["SecondUse", "find_spellings", "find_use", "gives_preference", "is_same_declaration"]

_PAGE: Final = 5000


def gives_preference(document: Document) -> bool:
    """Whether customs gives preference by it, for one item at least."""
    return isinstance(document, CustomsResponse) and any(
        item.decision is Decision.GIVEN for item in document.items
    )


def is_same_declaration(response: CustomsResponse, declaration: str) -> bool:
    """Whether a response speaks of the declaration with which a paper was presented."""
    return bool(declaration) and (response.declaration_number or "").strip() == declaration.strip()


async def find_use(register: PaperRegister, store: Certificates, key: str) -> PaperUse | None:
    """Find the use on paper of a certificate, in whatever spelling it was recorded.

    Args:
        register: Which certificates were used on paper.
        store: Which certificates are here.
        key: ``STATE:office:number`` as the certificate has it.

    Raises:
        RefusedError: ``certificate_key.malformed``.
        UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``.
    """
    uses = await register.list_paper_uses(parse_certificate_key(key).folded)
    for use in uses:
        if use.certificate_key == key:
            return use
    for use in uses:
        if await store.find_certificate(use.certificate_key) is None:
            return use
    return None


async def find_spellings(
    store: Certificates, keys: Collection[CertificateKey]
) -> Mapping[str, Sequence[str]]:
    """Find the certificates that are spelled like some keys, by folded key.

    It looks at the keys of all certificates of their states, so it is for people's questions.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    wanted = {key.folded for key in keys}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for state in sorted({key.state for key in keys}):
        after = ""
        while page := await store.list_certificate_keys(state, after=after, limit=_PAGE):
            after = page[-1]
            for spelled in page:
                folded = parse_certificate_key(spelled).folded
                if folded in wanted:
                    found[folded].append(spelled)
    return found


class SecondUse:
    """Keeps customs from giving preference to what was used on paper.

    Args:
        register: Which certificates were used on paper; None where nobody keeps that.
        store: What came electronically.
    """

    def __init__(self, register: PaperRegister | None, store: Certificates) -> None:
        self._register = register
        self._store = store

    @asynccontextmanager
    async def guard(self, document: Document, subject: Subject) -> AsyncIterator[None]:
        """Refuse a second use; until the block ends no use on paper is recorded.

        Args:
            document: What customs says.
            subject: What it is about, as it was looked up.

        Raises:
            RefusedError: ``submission.used_on_paper``.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``.
        """
        if (
            self._register is None
            or not isinstance(document, CustomsResponse)
            or not gives_preference(document)
        ):
            yield
            return
        async with self._register.hold_paper(to_record=False):
            await self._require_first_use(self._register, document, subject.certificate)
            yield

    async def _require_first_use(
        self,
        register: PaperRegister,
        response: CustomsResponse,
        certificate: Kept | None,
    ) -> None:
        key = str(response.subject.key)
        if certificate is None or certificate.record.environment == Environment.PARALLEL.value:
            return  # what is not here is refused for that
        use = await find_use(register, self._store, key)
        if use is None or is_same_declaration(response, use.declaration):
            return
        message = (
            f"{key} is recorded as used on paper on {use.used_on.isoformat()}, declaration "
            f"{use.declaration or 'unknown'}"
            + (f", as {use.certificate_key}" if use.certificate_key != key else "")
            + ": expected no preference for it, or the number of that declaration"
        )
        raise RefusedError("submission.used_on_paper", message)
