"""Draws a Form D: one template, as HTML for a browser and by WeasyPrint as a tagged PDF (PDF/UA).

A form is drawn twice. First all its rows in one table, to measure how high each is; then, packed
onto sheets, as it is. So HTML and PDF have the same sheets, and what stands on each is known before
its code is signed.

A PDF maps glyphs to letters, and in the scripts of the region one glyph stands for several letters,
or several stand in another order. So each line says beside its glyphs what its text is
(ISO 32000-1, 14.9.4), and whoever searches or copies gets what was written.
"""

from __future__ import annotations

import base64
import io
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from string import ascii_letters, digits, punctuation
from typing import TYPE_CHECKING, Any, Final
from unicodedata import bidirectional

import jinja2
from markupsafe import Markup

from swb.printing.extra import needs_render
from swb.printing.fonts import FAMILIES, check_glyphs, embed_fonts
from swb.printing.sheets import Sheet, pack_rows
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from weasyprint import Document

    from swb.printing.form import FormD
    from swb_schemas.wire.evidence import VerifiedSealedDocument

__all__ = ["Drawing", "lay_out"]

_MM: Final = 96 / 25.4
"""CSS pixels."""
_SHEET: Final = 280.5 * _MM
_BANNER: Final = 6 * _MM
_PROOF: Final = 48 * _MM
_BORDER: Final = 1.5 * _MM
"""What borders and rounding may add."""
_MODULE: Final = 4
"""Pixels of an image for each module of a code."""
_VARIANT: Final = "pdf/ua-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A form whose sheets are known, ready to be drawn.

    Attributes:
        form: What is drawn.
        sheets: What stands on which page.
        seal: The seal of the document that is drawn, verified; None where it has none.
    """

    form: FormD
    sheets: Sequence[Sheet]
    seal: VerifiedSealedDocument | None

    def write_pdf(self, codes: Sequence[str], *, why_none: str = "") -> bytes:
        """Write it as PDF/UA-1.

        Args:
            codes: Text of each sheet's code; empty where the print has none.
            why_none: Why it has none, for the reader.
        """
        document = _render(self._fill(codes, why_none, fonts=""))
        for page in document.pages:
            page.paint = partial(_paint, page.paint)
        octets: bytes = document.write_pdf(pdf_variant=_VARIANT)
        return octets

    def write_html(self, codes: Sequence[str], *, why_none: str = "") -> str:
        """Write it as one page that needs nothing else: fonts, codes and style are in it."""
        return self._fill(codes, why_none, fonts=embed_fonts(_letters_of(self.form)))

    def _fill(self, codes: Sequence[str], why_none: str, *, fonts: str) -> str:
        seal = self.seal
        images = [_draw_code(each) for each in codes] or [""] * len(self.sheets)
        return _fill_template(
            form=self.form,
            measuring=False,
            fonts=fonts,
            why_none=why_none,
            seal=seal
            and {
                "header": seal.header,
                "digest": seal.digest.text,
                "sealed_at": format_instant(seal.sealed_at),
            },
            sheets=[
                {"number": sheet.number, "rows": sheet.rows, "room": sheet.room, "code": image}
                for sheet, image in zip(self.sheets, images, strict=True)
            ],
        )


def lay_out(
    form: FormD,
    seal: VerifiedSealedDocument | None,
    *,
    may_hold: Callable[[Sequence[int]], bool] | None = None,
) -> Drawing:
    """Find out what stands on which sheet.

    Args:
        form: What is drawn.
        seal: Its seal, if it has one.
        may_hold: Whether the code of one sheet has room for these items, by their positions;
            None where there are no codes.

    Raises:
        RefusedError: ``render.no_glyph``.
        UnavailableError: ``render.not_installed``, ``render.no_fonts``.
    """
    with needs_render():
        import weasyprint  # noqa: F401, PLC0415 - an extra, and slow to import
        import zxingcpp  # noqa: F401, PLC0415 - an extra
    check_glyphs(_letters_of(form))
    document = _render(_fill_template(form=form, measuring=True, fonts=""))
    at = {name: point[1] for name, point in document.pages[0].anchors.items()}
    tops = [at[f"row-{number}"] for number in range(len(form.rows))]
    bottoms = [*tops[1:], at["end"]]
    columns = tops[0] - at["table"]
    room = _SHEET - _BANNER - columns - _PROOF - _BORDER
    sheets = pack_rows(
        form.rows,
        [bottom - top for top, bottom in zip(tops, bottoms, strict=True)],
        first_room=room - (at["next-head"] - at["first-head"]),
        next_room=room - (at["table"] - at["next-head"]),
        may_hold=may_hold or _always,
    )
    return Drawing(form=form, sheets=sheets, seal=seal)


def _always(_: Sequence[int]) -> bool:
    return True


# --- the template ------------------------------------------------------------------------------


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("swb.printing"),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _fill_template(**values: Any) -> str:  # noqa: ANN401 - what the template takes
    families = ",".join(f"'{each}'" for each in FAMILIES)
    style = _templates().get_template("form-d.css").render(families=Markup(families))  # noqa: S704 - our own
    given = {"sheets": (), "seal": None, **values}
    own = {"style": Markup(style), "fonts": Markup(values["fonts"])}  # noqa: S704 - our own
    return _templates().get_template("form-d.html.j2").render(**given | own)


def _letters_of(form: FormD) -> frozenset[str]:
    """All characters that are drawn."""
    page = _fill_template(form=form, measuring=True, fonts="").partition("<body>")[2]
    own = ascii_letters + digits + punctuation  # what banner and proof may hold
    return frozenset(Markup(page).striptags()) | frozenset(own)  # noqa: S704 - our own


def _draw_code(text: str) -> str:
    """Draw a QR code with error correction M, as an image in a URL."""
    import zxingcpp  # noqa: PLC0415 - an extra
    from PIL import Image  # noqa: PLC0415 - an extra

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    target = io.BytesIO()
    Image.fromarray(code.to_image(scale=_MODULE)).convert("1").save(target, "PNG")
    return f"data:image/png;base64,{base64.b64encode(target.getvalue()).decode()}"


# --- WeasyPrint --------------------------------------------------------------------------------


def _render(page: str) -> Document:
    """Lay a page out; nothing is fetched, whatever it says."""
    import weasyprint  # noqa: PLC0415 - an extra, and slow to import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - as above

    only_itself = URLFetcher(allowed_protocols=["data"])
    return weasyprint.HTML(string=page, url_fetcher=only_itself).render(pdf_variant=_VARIANT)


def _paint(paint: Callable[..., None], stream: Any, *args: object, **kwargs: object) -> None:  # noqa: ANN401 - the library's
    stream.marked = partial(_mark, stream, stream.marked)
    paint(stream, *args, **kwargs)


@contextmanager
def _mark(stream: Any, mark: Callable[..., Any], box: Any, tag: str) -> Iterator[None]:  # noqa: ANN401 - the library's
    """Put a line's text beside its glyphs.

    Not where it runs from the right: readers turn such a line by its glyphs, and would turn this
    text too.
    """
    import pydyf  # noqa: PLC0415 - an extra

    with mark(box, tag):
        text = getattr(box, "text", "")
        if text and not _turns(text):
            properties = stream.stream[-2]
            properties["ActualText"] = pydyf.String(text)
        yield


def _turns(text: str) -> bool:
    return any(bidirectional(each) in {"R", "AL", "AN"} for each in text)
