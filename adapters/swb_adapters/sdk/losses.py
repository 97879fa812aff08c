"""Losses: what a national format cannot carry, said and never silent.

See ``docs/adr/adapter-losses.md``. Three verbs, because they weigh differently:

* `Losses.drop`: the element is not in the payload. When every document of the type must have the
  element, the rendering is refused (``adapter.mandatory_loss``).
* `Losses.coarsen`: the element is there, but less exact, for example without fractions of a
  second.
* `Losses.lack`: the format demands an element that the document has not, and nothing true can be
  put in its place. The rendering is refused like that of a mandatory element that is dropped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Final, Self, Union, get_args, get_origin

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.documents.elements import Aggregate
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from swb_schemas.documents.certificate_of_origin import Package
    from swb_schemas.documents.elements import Extensions, LocalText

__all__ = ["Losses", "is_mandatory"]

_POSITION: Final = re.compile(r"\[(?:\d+|\*)\]\Z")


class Losses:
    """Collects what one rendering loses.

    Args:
        model: Type of the document that is being written.
    """

    __slots__ = ("_losses", "_model", "_refusals")

    def __init__(self, model: type[Document]) -> None:
        self._model = model
        self._losses: list[Finding] = []
        self._refusals: list[Finding] = []

    @classmethod
    def begin(cls, document: Document) -> Self:
        """Begin for a format that tells neither version nor language and has no extensions.

        Another version than 1.0, another language than English and an extension that must be
        understood are refused by `declare`; other extensions are lost.
        """
        losses = cls(type(document))
        losses.require_version(document)
        losses.require_language(document)
        losses.drop_extensions(getattr(document, "extensions", None))
        return losses

    def drop(self, path: str, why: str, *, mandatory: bool = False) -> None:
        """Declare that an element is not carried.

        Args:
            path: Canonical path of the element.
            why: What the format lacks.
            mandatory: Refuse although the model could do without the element.
        """
        if mandatory or is_mandatory(self._model, path):
            code = "adapter.mandatory_loss"
            refusal = Finding(code=code, severity=Severity.REFUSE, path=path, message=why)
            self._refusals.append(refusal)
        else:
            self.coarsen(path, why)

    def coarsen(self, path: str, why: str) -> None:
        """Declare that an element is carried less exactly than it was."""
        loss = Finding(code="adapter.loss", severity=Severity.LOSS, path=path, message=why)
        self._losses.append(loss)

    def lack(self, path: str, why: str) -> None:
        """Refuse a document that has not what the format demands.

        Args:
            path: Canonical path of the element that is missing.
            why: What the format demands.
        """
        self.drop(path, why, mandatory=True)

    def take_text(self, texts: tuple[LocalText, ...], *, language: str, path: str) -> str | None:
        """Take the one national text that a format has room for, and drop all others.

        Args:
            texts: The same text in several languages.
            language: The one that the format carries.
            path: Canonical path of the texts, without position.

        Returns:
            The first text in that language, or None.
        """
        taken: str | None = None
        for position, text in enumerate(texts, start=1):
            if taken is None and text.lang == language:
                taken = text.value
            else:
                why = f"the format has room for one text in {language!r} only"
                self.drop(f"{path}[{position}]", f"{why}, found {text.lang!r}")
        return taken

    def drop_package_measures(self, package: Package, *, path: str) -> None:
        """Drop weight and volume of one package, where the format tells them for an item only.

        Args:
            package: As the document has it.
            path: Its canonical path, with its position.
        """
        for tag, measure in (
            ("GrossMeasure", package.gross_measure),
            ("GrossVolume", package.gross_volume),
        ):
            if measure is not None:
                self.drop(f"{path}/{tag}", "the format tells measures for a whole item only")

    def drop_extensions(self, extensions: Extensions | None) -> None:
        """Drop what this version does not know; refuse what must be understood."""
        if extensions is None:
            return
        around = f"{self._model.__name__}/Extensions"
        for position, extension in enumerate(extensions.extensions, start=1):
            if extension.must_understand:
                path = f"{around}/Extension[{position}]"
                why = "the format has no extensions, and this one must be understood"
                self.drop(path, why, mandatory=True)
        self.drop(around, "the format has no extensions")

    def require_language(self, document: Document, language: str = "en") -> None:
        """Refuse a document whose own language is another than the format's."""
        if document.lang != language:
            why = f"expected a document in {language!r}, found {document.lang!r}"
            self.drop(f"{self._model.__name__}/@xml:lang", why, mandatory=True)

    def require_version(self, document: Document, version: str = "1.0") -> None:
        """Refuse a document of another version than the mapping was written for."""
        if document.version != version:
            why = f"expected version {version}, found {document.version}"
            self.drop(f"{self._model.__name__}/@version", why, mandatory=True)

    def declare(self) -> tuple[Finding, ...]:
        """Give what was lost.

        Raises:
            RefusedError: ``adapter.mandatory_loss``: something was that must not be.
        """
        if self._refusals:
            first = self._refusals[0]
            message = (
                f"{len(self._refusals)} mandatory element(s), first {first.path}: {first.message}"
            )
            findings = self._refusals[: DEFAULT_LIMITS.findings]
            raise RefusedError("adapter.mandatory_loss", message, findings=findings)
        return tuple(self._losses)


@lru_cache(maxsize=1024)
def _is_mandatory_pattern(model: type[Document], pattern: tuple[str, ...]) -> bool:
    current: type[Aggregate] = model
    required = True
    for name in pattern:
        fields = {field.alias or key: field for key, field in current.model_fields.items()}
        field = fields.get(name.removeprefix("@")) or fields.get(
            name.replace("@xml:", "{http://www.w3.org/XML/1998/namespace}")
        )
        if field is None:
            msg = f"expected an element of {current.__name__}, found {name!r}"
            raise ValueError(msg)
        required = field.is_required()
        nested = _find_aggregate(field.annotation)
        if nested is None:
            break
        current = nested
    return required


def _find_aggregate(annotation: object) -> type[Aggregate] | None:
    origin = get_origin(annotation)
    if origin in (Annotated, tuple):
        return _find_aggregate(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        (inner,) = (arg for arg in get_args(annotation) if arg is not NoneType)
        return _find_aggregate(inner)
    if isinstance(annotation, type) and issubclass(annotation, Aggregate):
        return annotation
    return None


def is_mandatory(model: type[Document], path: str) -> bool:
    """Tell whether the element at a canonical path is one that its parent must have.

    Args:
        model: The document's type; its name is the path's first step.
        path: Canonical path; positions do not matter.

    Raises:
        ValueError: There is no such element; a fault of the adapter's.
    """
    _, *steps = path.split("/")
    return _is_mandatory_pattern(model, tuple(_POSITION.sub("", step) for step in steps))
