"""A printed certificate: all of it is there, can be copied, and its codes can be read."""

from __future__ import annotations

import ctypes
import io
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Final

import pypdfium2
import pytest

from swb.printing import lay_out, read_codes, read_form_d
from swb.printing.fonts import check_glyphs
from swb.printing.form import Row
from swb.printing.sheets import pack_rows
from swb.printing.text import Line, divide
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.print_verification import join_print_codes, verify_print_code
from tests.certificates import make_certificate
from tests.printing import SCRIPTS, codes_of, draw, seal_verified, trust
from tests.services import require_program
from tests.vectors.world import AT, seal_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin
    from tests.printing import Print

ITEMS: Final = 60
NAMES: Final = [{"lang": lang, "value": text} for lang, text in SCRIPTS.items()]


def make_large() -> CertificateOfOrigin:
    """Sixty items, the first ones described in every script, and more parties than boxes hold."""
    changes: dict[str, object] = {
        "exporter__national_names": NAMES,
        "exporter__address": "\n".join(f"Street {number}" for number in range(1, 12)),
        "consignee__national_names": NAMES,
        "remarks": "The last line of all",
        "special_cases": {
            "third_country_invoicing": {"company_name": "Third Pte. Ltd.", "company_country": "SG"},
            "back_to_back": {
                "originals": [
                    {
                        "issuing_country": "SG",
                        "reference_number": "SG-ORIGINAL-1",
                        "issue_date": "2026-09-01",
                    }
                ]
            },
        },
    }
    for at in range(ITEMS):
        changes[f"items__{at}__commodity_code__value"] = str(63053310 + at)
        changes[f"items__{at}__national_descriptions"] = []
        changes[f"items__{at}__manufacturer_name"] = None
        changes[f"items__{at}__trademark_name"] = None
    for at, name in enumerate(NAMES):
        changes[f"items__{at}__national_descriptions"] = [name]
    return make_certificate(items=ITEMS, **changes)


@pytest.fixture(scope="session")
def large() -> Print:
    require_program("fc-list")
    require_program("pdftotext")
    return draw(make_large())


def test_shows_what_the_code_says_beside_it_and_at_the_head_that_there_is_none() -> None:
    """Last day and office can be compared; a print without a code looks other."""
    require_program("fc-list")
    certificate = make_certificate()
    last = date(2027, 11, 1)
    drawn = draw(certificate, seal_header(certificate, valid_until=last))
    with_code = drawn.drawing.write_html(drawn.codes)
    (code,) = drawn.codes
    fields = verify_print_code(code, trust=trust(), at=AT).fields
    assert fields.valid_until == last
    for label, value in (("Certificate key", fields.certificate_key), ("Valid until", last)):
        assert f'<span class="label">{label}</span> {value}</p>' in with_code
    assert "NOT VERIFIABLE" not in with_code
    without = drawn.drawing.write_html([], why_none="it was printed in VN")
    banner = without.partition('class="banner"')[2].partition("</div>")[0]
    assert "NOT VERIFIABLE" in banner


@pytest.mark.parametrize("environment", Environment)
def test_the_stamps_at_the_head_stand_on_one_line(environment: Environment) -> None:
    require_program("fc-list")
    certificate = make_certificate(copy_type="TRIPLICATE")
    sealed = seal_verified(certificate)
    form = read_form_d(certificate, environment)
    drawing = lay_out(form, sealed, may_hold=codes_of(sealed).may_hold)
    page = pypdfium2.PdfDocument(drawing.write_pdf([], why_none="it was printed in VN"))[0]
    text = page.get_textpage()
    pieces = [
        "RENDERING OF THE",
        *([form.mark] if form.mark else []),
        "NOT VERIFIABLE",
        "Triplicate",
    ]
    placed = []
    for words in pieces:
        at, count = text.search(words).get_next()
        boxes = [text.get_charbox(at + each) for each in range(count)]
        placed.append(
            (
                min(box[0] for box in boxes),
                min(box[1] for box in boxes),
                max(box[2] for box in boxes),
            )
        )
    assert max(low for _, low, _ in placed) - min(low for _, low, _ in placed) < 4
    ends = [end for _, _, end in placed]
    assert all(end < begin for end, (begin, _, _) in zip(ends, placed[1:], strict=False))
    assert ends[-1] < page.get_width()


@pytest.fixture(scope="session")
def pdf(large: Print, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("print") / "large.pdf"
    file.write_bytes(large.drawing.write_pdf(large.codes))
    return file


def copy_text(file: Path) -> str:
    """What a person gets who copies the whole print, without white space."""
    found = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True)
    text = found.stdout.decode()
    assert "\N{REPLACEMENT CHARACTER}" not in text
    # Marks that keep a line of the other direction together, and no letters.
    return "".join(text.translate(dict.fromkeys((0x202A, 0x202B, 0x202C))).split())


def test_every_text_can_be_copied_as_it_was_written(pdf: Path) -> None:
    """In logical order, whatever the order of the glyphs is."""
    text = copy_text(pdf)
    for lang, written in SCRIPTS.items():
        assert text.count("".join(written.split())) >= 2, lang
        assert all(text.count(word) >= 3 for word in written.split()[:2]), lang
    for at in range(ITEMS):
        assert f"HS:{63053310 + at}(AHTN-2022)" in text
    for written in (
        "ThirdPte.Ltd.,Singapore",
        "SG-ORIGINAL-1,issuedon2026-09-01inSingapore",
        "Street11",
        "Thelastlineofall",
        "RENDERINGOFTHEELECTRONICORIGINAL",
        "TEST:NOTVALID",
    ):
        assert written in text, written


def test_each_sheet_has_its_number_its_head_and_its_code(large: Print, pdf: Path) -> None:
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    count = len(large.drawing.sheets)
    assert len(document) == count > 3
    for number in range(count):
        text = document[number].get_textpage().get_text_bounded()
        assert f"page {number + 1} of {count}" in text
        assert "D2026-0000001" in text
    assert read_codes(pdf.read_bytes()) == large.codes


def test_nothing_stands_below_its_sheet(large: Print) -> None:
    """Packed rows leave room, and never less than none; all stand once, in their order."""
    sheets = large.drawing.sheets
    assert [row for sheet in sheets for row in sheet.rows] == list(large.drawing.form.rows)
    assert [item for sheet in sheets for item in sheet.items] == list(range(ITEMS))
    assert all(sheet.room > 0 for sheet in sheets)


def test_the_codes_of_all_sheets_together_hold_all_items(large: Print) -> None:
    found = join_print_codes(
        [verify_print_code(each, trust=trust(), at=AT) for each in large.codes], at=AT
    )
    assert found.missing == ()
    numbers = [item.sequence_number for code in found.codes for item in code.fields.items]
    assert numbers == list(range(1, ITEMS + 1))


def test_codes_are_read_from_a_scan_that_is_grey_and_turned(pdf: Path, large: Print) -> None:
    """150 dots an inch, two degrees off, on grey paper, as JPEG."""
    page = pypdfium2.PdfDocument(pdf.read_bytes())[1].render(scale=200 / 72).to_pil().convert("L")
    scan = page.rotate(2, fillcolor=200, expand=True).point(lambda each: 40 + each * 3 // 4)
    target = io.BytesIO()
    scan.save(target, "JPEG", quality=70)
    assert read_codes(target.getvalue()) == [large.codes[1]]


def test_the_pdf_is_tagged_and_says_its_language(pdf: Path) -> None:
    found = subprocess.run(["pdfinfo", pdf], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in found
    with pypdfium2.PdfDocument(pdf.read_bytes()) as document:
        told = pypdfium2.raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
        buffer = (ctypes.c_ushort * (told // 2))()
        pypdfium2.raw.FPDFCatalog_GetLanguage(document.raw, buffer, told)
    assert bytes(buffer).decode("utf-16-le").rstrip("\0") == "en"


def test_every_font_is_embedded(pdf: Path) -> None:
    found = subprocess.run(["pdffonts", pdf], capture_output=True, check=True).stdout.decode()
    rows = found.splitlines()[2:]
    assert len(rows) >= 9
    assert all(row.split()[-5] == "yes" for row in rows), found


def test_html_has_the_same_sheets_and_codes_and_fetches_nothing(large: Print) -> None:
    page = large.drawing.write_html(large.codes)
    assert page.count('<section class="sheet"') == len(large.drawing.sheets)
    assert page.count("data:image/png;base64,") == len(large.codes)
    assert page.count("@font-face") >= 9
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_markup_in_a_name_is_text() -> None:
    certificate = make_certificate(exporter__name="<script>alert(1)</script> & Co.")
    form = read_form_d(certificate, None)
    page = lay_out(form, None).write_html([], why_none="nothing is sealed of it")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co." in page
    assert "This print carries no code:</b> nothing is sealed of it" in page
    assert "NOT SEALED: NOT VALID" in page


# --- what cannot be printed --------------------------------------------------------------------


def test_refuses_a_character_that_no_font_draws_by_its_name() -> None:
    require_program("fc-list")
    with pytest.raises(RefusedError) as failure:
        check_glyphs(frozenset("Ab ก\N{CUNEIFORM SIGN A}"))
    assert failure.value.code == "render.no_glyph"
    assert "U+12000 CUNEIFORM SIGN A" in failure.value.message
    assert "THAI" not in failure.value.message


def test_refuses_a_certificate_of_another_agreement() -> None:
    other = make_certificate(agreement="AANZFTA")
    with pytest.raises(RefusedError) as failure:
        read_form_d(other, Environment.TEST)
    assert failure.value.code == "render.no_form"


@pytest.mark.parametrize("module", ["weasyprint", "zxingcpp"])
def test_says_what_to_install(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnavailableError) as failure:
        lay_out(read_form_d(make_certificate(), None), None)
    assert failure.value.code == "render.not_installed"
    assert "single-window-broker[render]" in failure.value.message


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"neither", "print_code.unreadable"),
        (b"%PDF-1.7\nbroken", "print_code.unreadable"),
        (b"P1 2 2 0 1 1 0", "print_code.none"),
    ],
    ids=["no picture", "broken PDF", "picture without a code"],
)
def test_what_has_no_code_says_nothing_on_the_paper(raw: bytes, code: str) -> None:
    with pytest.raises(UndeterminedError) as failure:
        read_codes(raw)
    assert failure.value.code == code


# --- dividing and packing ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["word " * 200, "字" * 700, "ນ້ຳ" * 300])
def test_divided_text_loses_no_letter_and_parts_no_mark_from_its_letter(text: str) -> None:
    pieces = divide([Line(text.strip(), label="Label: ")], width=160, count=3)
    lines = [line for piece in pieces for line in piece]
    assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())
    assert [line.label for line in lines] == ["Label: "] + [""] * (len(lines) - 1)
    assert all(sum(line.width for line in piece) <= 160 + 8 for piece in pieces)
    assert not any(line.text.startswith(("\u0ec9", "\u0eb3")) for line in lines)


def test_a_sheet_holds_no_more_items_than_its_code() -> None:
    rows = [Row(item=at) for at in range(5)]

    def may_hold(items: Sequence[int]) -> bool:
        return len(items) <= 2

    sheets = pack_rows(rows, [1] * 5, first_room=100, next_room=100, may_hold=may_hold)
    assert [sheet.items for sheet in sheets] == [[0, 1], [2, 3], [4]]


def test_a_first_row_that_is_too_high_goes_on_the_next_sheet() -> None:
    rows = [Row(item=0), Row(item=1)]
    sheets = pack_rows(rows, [50, 1], first_room=10, next_room=100, may_hold=lambda _: True)
    assert [sheet.items for sheet in sheets] == [[], [0, 1]]
