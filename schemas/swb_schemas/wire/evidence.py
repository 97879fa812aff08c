"""What a verification leaves behind: steps with results, and values that only it can make.

`VerifiedMessage`, `VerifiedSealedDocument` and `VerifiedDelivery` are made in `verification` and
nowhere else: whoever holds one holds the octets that were verified, and uses only those.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from swb_schemas.errors import SwbError
from swb_schemas.wire.message import MessageHeader
from swb_schemas.wire.seal_header import SealHeader

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime
    from types import TracebackType

    from swb_schemas.catalogue import Commitment, DocumentType
    from swb_schemas.documents import Document
    from swb_schemas.documents.elements import Digest, Extensions
    from swb_schemas.wire.encryption import EncryptedBody
    from swb_schemas.wire.message import ClearBody
    from swb_schemas.wire.trust import ListedCertificate

__all__ = [
    "LayerRecord",
    "Step",
    "VerifiedDelivery",
    "VerifiedMessage",
    "VerifiedSealedDocument",
]

PASSED: Final = "passed"
Header = TypeVar("Header", MessageHeader, SealHeader)


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of a procedure.

    Attributes:
        number: ``M1`` ..., ``S1`` ..., ``D1`` ....
        name: What was checked.
        result: ``passed``, or the code of the failure.
    """

    number: str
    name: str
    result: str


@cache
def _passed(number: str, name: str) -> Step:
    """Of each step one for all, for every file passes some dozens."""
    return Step(number, name, PASSED)


@dataclass(slots=True)
class _Recording:
    """Appends one step when it ends; a class, for a generator would cost three times as much."""

    steps: list[Step]
    number: str
    name: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.steps.append(_passed(self.number, self.name))
        elif isinstance(error, SwbError):
            self.steps.append(Step(self.number, self.name, error.code))


@dataclass(slots=True)
class LayerRecord(Generic[Header]):
    """What the verification of one layer found so far, also when it fails.

    A caller that wants to know how far a refused file came passes an empty one in. `header`,
    `digest` and `signer` are set only when the signature has been found to be that signer's:
    with them a refusal can be answered, without them it cannot.

    Attributes:
        steps: In order, the failed one last.
        header: The authenticated header.
        digest: The signed digest.
        signer: Whose signature it is.
    """

    steps: list[Step] = field(default_factory=list)
    header: Header | None = None
    digest: Digest | None = None
    signer: ListedCertificate | None = None

    def step(self, number: str, name: str) -> AbstractContextManager[None]:
        """Record what becomes of one step."""
        return _Recording(self.steps, number, name)


class _Maker:
    """The one who may make verified values; `verification` has it."""


MAKER: Final = _Maker()


@dataclass(frozen=True, slots=True)
class _Verified:
    _maker: _Maker = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._maker is not MAKER:
            message = "only swb_schemas.wire.verification makes verified values"
            raise TypeError(message)


@dataclass(frozen=True, slots=True)
class VerifiedMessage(_Verified):
    """A message whose outer layer holds; of its body only the form is known.

    Attributes:
        header: The header.
        digest: The signed digest; with the message id it tells a repetition from a conflict.
        octets: The message, byte for byte.
        body: The sealed document's octets, or what the recipient can open.
        extensions: What this version does not know and need not understand.
        signer: The sender's transport certificate as listed.
        steps: The procedure with its results.
    """

    _: KW_ONLY
    header: MessageHeader
    digest: Digest
    octets: bytes
    body: ClearBody | EncryptedBody
    extensions: Extensions | None
    signer: ListedCertificate
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class VerifiedSealedDocument(_Verified):
    """A sealed document whose seal holds, and the document in it.

    Attributes:
        header: The seal header.
        document: The canonical document.
        document_octets: Its standalone canonical octets, a slice of `octets`.
        kind: Its entry in the catalogue.
        digest: The signed digest.
        octets: The sealed document, byte for byte.
        signer: The issuing party's sealing certificate as listed.
        commitment: What the seal proves.
        sealed_at: The signing time.
        steps: The procedure with its results.
    """

    _: KW_ONLY
    header: SealHeader
    document: Document
    document_octets: bytes
    kind: DocumentType
    digest: Digest
    octets: bytes
    signer: ListedCertificate
    commitment: Commitment
    sealed_at: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class VerifiedDelivery(_Verified):
    """A message and the sealed document in it: both hold, and say the same.

    Attributes:
        message: The outer layer.
        sealed: The inner layer.
        was_encrypted: Whether the body had to be opened.
        steps: The procedure between the layers with its results.
    """

    _: KW_ONLY
    message: VerifiedMessage
    sealed: VerifiedSealedDocument
    was_encrypted: bool
    steps: tuple[Step, ...]
