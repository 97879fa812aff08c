"""Reads the codes on a print: out of a PDF, a photograph or scan, or their text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from swb.printing.extra import needs_render
from swb_schemas.errors import Actor, UndeterminedError
from swb_schemas.wire.print_code import PREFIXES, begins_code, split_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["read_codes"]

_DPI: Final = 300
_MOST_PAGES: Final = 500
_MOST_PIXELS: Final = 100_000_000
_POINTS: Final = 72


def read_codes(raw: bytes) -> Sequence[str]:
    """Read all codes of this project on all pages, in their order, each once.

    Args:
        raw: A PDF, an image (PNG, JPEG, TIFF, ...), or the codes' text, one a line.

    Raises:
        UndeterminedError: ``print_code.unreadable``: it is none of these; ``print_code.none``: no
            code of ours can be read on it.
        UnavailableError: ``render.not_installed``.
    """
    if begins_code(raw.lstrip()[:10].decode("ascii", "replace")):
        texts = split_codes(raw.decode("ascii", "replace"))
    else:
        with needs_render():
            texts = [text for image in _list_images(raw) for text in _decode(image)]
    codes = list(dict.fromkeys(each for each in texts if begins_code(each)))
    if not codes:
        message = (
            f"expected a QR code that begins with {' or '.join(PREFIXES)}, found none that can "
            "be read: take the picture nearer and sharper; a print without a code says so at its "
            "foot"
        )
        raise UndeterminedError("print_code.none", message, actor=Actor.RECIPIENT)
    return codes


def _list_images(raw: bytes) -> Iterator[Any]:
    return _draw_pages(raw) if raw.startswith(b"%PDF-") else _open_image(raw)


def _draw_pages(raw: bytes) -> Iterator[Any]:
    import pypdfium2  # noqa: PLC0415 - an extra

    try:
        document = pypdfium2.PdfDocument(raw)
        try:
            for number in range(min(len(document), _MOST_PAGES)):
                page = document[number]
                width, height = page.get_size()
                scale = _DPI / _POINTS
                if width * height * scale**2 <= _MOST_PIXELS:
                    yield page.render(scale=scale, grayscale=True).to_pil()
        finally:
            document.close()
    except pypdfium2.PdfiumError as cause:
        message = "expected a PDF that can be read"
        raise UndeterminedError("print_code.unreadable", message, actor=Actor.RECIPIENT) from cause


def _open_image(raw: bytes) -> Iterator[Any]:
    from PIL import Image, ImageSequence, UnidentifiedImageError  # noqa: PLC0415 - an extra

    try:
        with Image.open(io.BytesIO(raw)) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number == _MOST_PAGES or frame.width * frame.height > _MOST_PIXELS:
                    break
                yield frame.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as cause:
        message = "expected a PDF, an image, or the text of a code"
        raise UndeterminedError("print_code.unreadable", message, actor=Actor.RECIPIENT) from cause


def _decode(image: Any) -> list[str]:  # noqa: ANN401 - Pillow's
    import zxingcpp  # noqa: PLC0415 - an extra

    formats = zxingcpp.barcode_formats_from_str("QRCode")
    return [each.text for each in zxingcpp.read_barcodes(image, formats=formats)]
