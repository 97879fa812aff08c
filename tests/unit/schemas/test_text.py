"""Text of documents: what may stand in it, and how foreign text is folded."""

from __future__ import annotations

import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.documents import fold_text
from swb_schemas.documents.text import check_lines, check_text
from tests.strategies import lines, text

ACCEPTED: Final = {
    "one letter": "x",
    "two spaces within": "a  b",
    "Thai": "บริษัท สยามตัวอย่าง จำกัด",
    "Vietnamese": "Công ty Cổ phần Ví dụ Sài Gòn",
    "Burmese": "မြန်မာနိုင်ငံ",
    "Khmer with zero-width spaces": "ព្រះ\u200bរាជា\u200bណាចក្រ",
    "Lao": "ສາທາລະນະລັດ",
    "Persian with a zero-width non-joiner": "می\u200cخواهم",
    "a zero-width joiner at the end": "ක්\u200d",
    "Tamil": "சிங்கப்பூர்",
    "an ideographic space within": "東京\u3000港",
    "a no-break space within": "1\u00a0000",
    "a replacement character": "a\ufffdb",
    "an emoji": "\U0001f6a2",
    "a letter that is not assigned yet": "\u0378",
    "a variation selector of plane 14": "葛\U000e0100",
}

REFUSED: Final = {
    "nothing": ("", "empty"),
    "a space": (" ", "ends"),
    "space at the end": ("a ", "ends"),
    "a no-break space at the end": ("a\u00a0", "ends"),
    "an ideographic space at the start": ("\u3000a", "ends"),
    "a tab": ("a\tb", "U\\+0009"),
    "a line feed": ("a\nb", "U\\+000A"),
    "a carriage return": ("a\rb", "U\\+000D"),
    "a zero": ("a\0b", "U\\+0000"),
    "delete": ("a\x7fb", "U\\+007F"),
    "next line": ("a\x85b", "U\\+0085"),
    "a soft hyphen": ("a\u00adb", "U\\+00AD"),
    "left-to-right mark": ("a\u200eb", "U\\+200E"),
    "right-to-left override": ("a\u202eb", "U\\+202E"),
    "an isolate": ("a\u2066b", "U\\+2066"),
    "Arabic letter mark": ("a\u061cb", "U\\+061C"),
    "a line separator": ("a\u2028b", "U\\+2028"),
    "a word joiner": ("a\u2060b", "U\\+2060"),
    "a byte order mark": ("\ufeffa", "U\\+FEFF"),
    "private use": ("a\ue000b", "U\\+E000"),
    "private use beyond": ("a\U000f0000b", "U\\+F0000"),
    "a noncharacter": ("a\ufdd0b", "U\\+FDD0"),
    "another noncharacter": ("a\U0001fffeb", "U\\+1FFFE"),
    "a lone surrogate": ("a\ud800b", "U\\+D800"),
    "a tag": ("a\U000e0041b", "U\\+E0041"),
    "decomposed": ("e\u0301", "NFC"),
    "a compatibility ideograph": ("\uf900", "NFC"),
    "the Angstrom sign": ("\u212b", "NFC"),
}


@pytest.mark.parametrize("good", ACCEPTED.values(), ids=ACCEPTED)
def test_takes(good: str) -> None:
    assert check_text(good) == good
    assert check_lines(f"{good}\n{good}") == f"{good}\n{good}"


@pytest.mark.parametrize(("bad", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses(bad: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_text(bad)


@pytest.mark.parametrize(
    "bad", ["", "\n", "a\n", "\na", "a\n\nb", "a \nb", "a\n b", "a\r\nb", "a\nb\u202e"]
)
def test_refuses_lines(bad: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        check_lines(bad)


def test_the_list_of_characters_is_that_of_unicode() -> None:
    """Categories of the Python that runs, where it knows the character; see the module."""
    forbidden = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    differing = []
    for point in range(0x110000):
        character = chr(point)
        category = unicodedata.category(character)
        if category == "Cn":
            continue
        may_stand = category not in forbidden or character in "\u200b\u200c\u200d"
        try:
            check_text(f"a{unicodedata.normalize('NFC', character)}a")
            stands = True
        except ValueError as cause:
            stands = "NFC" in str(cause)
        if stands != may_stand:
            differing.append(f"U+{point:04X} {category}")
    assert differing == []


FOLDED: Final = {
    "space at the ends": (" a ", "a", "a"),
    "runs of white space": ("a \t\u00a0 b", "a b", "a b"),
    "Windows line ends": ("a\r\nb\r\n", "a b", "a\nb"),
    "old line ends": ("a\rb", "a b", "a\nb"),
    "line separators": ("a\u2028b\x85c", "a b c", "a\nb\nc"),
    "control characters that Python takes for space stay": ("a\x1c b", "a\x1c b", "a\x1c b"),
    "empty lines": ("a\n\n \nb", "a b", "a\nb"),
    "a byte order mark": ("\ufeffa", "a", "a"),
    "decomposed letters": ("e\u0301", "\u00e9", "\u00e9"),
    "zero-width spaces stay": ("a\u200bb", "a\u200bb", "a\u200bb"),
    "an override stays, to be refused by its name": ("a\u202eb", "a\u202eb", "a\u202eb"),
}


@pytest.mark.parametrize(("foreign", "one", "several"), FOLDED.values(), ids=FOLDED)
def test_folds(foreign: str, one: str, several: str) -> None:
    assert fold_text(foreign) == one
    assert fold_text(foreign, lines=True) == several


@given(st.text())
def test_folding_twice_is_folding_once(foreign: str) -> None:
    for several in (False, True):
        folded = fold_text(foreign, lines=several)
        assert fold_text(folded, lines=several) == folded


@given(text(), lines())
def test_folded_text_of_a_document_is_valid_again(one: str, several: str) -> None:
    check_text(fold_text(one))
    check_lines(fold_text(several, lines=True))
