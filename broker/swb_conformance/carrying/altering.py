"""Documents made of documents: other values in the same elements, drawn or by a rule.

Each alteration keeps a document valid against its schema and model; what would not be is left as it
was. A format need not have a spelling for every value, but it may not change one in silence.
"""

from __future__ import annotations

import copy
import random
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from swb_schemas.catalogue import decode_document
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["ALTERATIONS", "NUMBERS", "REFERENCES", "TEXTS", "alter", "draw", "multiply_items"]

TEXTS: Final = frozenset(
    {
        "Address",
        "AddressLine",
        "AuthorityName",
        "BodyName",
        "ClassName",
        "CommonName",
        "CompanyName",
        "Description",
        "ExaminationPlace",
        "Explanation",
        "IssuerName",
        "ManufacturerName",
        "MarksAndNumbers",
        "MeansName",
        "Name",
        "Place",
        "SignatoryName",
        "Text",
        "TrademarkName",
    }
)
"""Elements of free text."""
_NATIONAL: Final = frozenset({"NationalName", "NationalAddress", "NationalDescription"})
NUMBERS: Final = frozenset(
    {"FobAmount", "GrossMeasure", "NetMeasure", "Quantity", "GrossWeight", "UtilisedQuantity"}
)
REFERENCES: Final = frozenset({"ReferenceNumber", "Number", "DeclarationNumber"})
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z")

_Change = tuple[frozenset[str], str]
ALTERATIONS: Final[Mapping[str, _Change]] = {
    "markup-in-texts": (TEXTS, "A & B <Co.> \"Ltd\" 'and' ]]> sons"),
    "separators-in-texts": (TEXTS, "A;B,C|D+E:F'G?H*I/J\\K#L~M^N"),
    "spaces-in-texts": (TEXTS, "A  B   C"),
    "digits-in-texts": (TEXTS, "0012 3.50 1e5 -0 007"),
    "words-of-programs-in-texts": (TEXTS, "null None NaN true undefined"),
    "latin-letters-in-texts": (TEXTS, "Łódź Ångström Núñez Şafak Çağ Œuvre"),
    "vietnamese-in-texts": (TEXTS, "Công ty Cổ phần Ví dụ Đà Nẵng ướt ề ỗ ặ"),
    "thai-in-national-texts": (_NATIONAL, "บริษัท ตัวอย่าง จำกัด (มหาชน) เลขที่ ๙๙"),
    "lao-in-national-texts": (_NATIONAL, "ບໍລິສັດ ຕົວຢ່າງ ຈຳກັດ ວຽງຈັນ"),
    "khmer-in-national-texts": (_NATIONAL, "ក្រុមហ៊ុន\u200bឧទាហរណ៍ ភ្នំពេញ"),
    "burmese-in-national-texts": (_NATIONAL, "ဥပမာ ကုမ္ပဏီ လီမိတက် ရန်ကုန်"),
    "chinese-in-national-texts": (_NATIONAL, "範例貿易有限公司 𠮷野家 1號"),
    "tamil-in-national-texts": (_NATIONAL, "எடுத்துக்காட்டு நிறுவனம் லிமிடெட்"),
    "small-fractions": (NUMBERS, "0.000001"),
    "many-digits": (NUMBERS, "123456789.123456"),
    "large-numbers": (NUMBERS, "999999999999"),
    "odd-reference-numbers": (REFERENCES, "a/B-c_D.1 (2)#3"),
    "longest-reference-numbers": (REFERENCES, "R-" + "1234567890" * 3 + "123"),
    "long-texts": (TEXTS, "An example text that is repeated. " * 6 + "End"),
}
"""By name: in which elements, and what stands there afterwards."""

_WORDS: Final = (
    *(each for _, each in ALTERATIONS.values() if not each[0].isdigit()),
    "Siam Example Orchards Co., Ltd.",
    "x",
    "O'Brien & Sons",
    "100 % cotton",
)


def alter(document: bytes, name: str) -> bytes | None:
    """Make one alteration of a document.

    Args:
        document: Canonical octets.
        name: Of the alteration.

    Returns:
        Canonical octets; None where the document has no such element.
    """
    names, value = ALTERATIONS[name]

    def change(element: etree._Element) -> str | None:
        return value if etree.QName(element).localname in names else None

    return _rewrite(document, change)


def draw(document: bytes, seed: str) -> bytes:
    """Draw other values for some elements of a document; the same ones for the same seed."""
    drawn = random.Random(seed)  # noqa: S311 - nothing secret

    def change(element: etree._Element) -> str | None:
        name, text = etree.QName(element).localname, element.text or ""
        if drawn.random() > 0.4:  # noqa: PLR2004 - some stay as they are
            return None
        if name in TEXTS or name in _NATIONAL:
            return drawn.choice(_WORDS)
        if name in NUMBERS:
            return _spell(drawn.randrange(1, 10 ** drawn.randrange(1, 12)), drawn.randrange(0, 6))
        if name in REFERENCES:
            return f"{drawn.choice('ABXZ')}{drawn.randrange(10**9):09}/{drawn.randrange(100)}"
        if _INSTANT.fullmatch(text):
            return f"{text[:17]}{drawn.randrange(60):02}.{drawn.randrange(1, 10)}Z"
        return None

    return _rewrite(document, change) or document


def multiply_items(document: bytes, count: int) -> bytes | None:
    """Give a document as many items as asked for, numbered anew.

    Returns:
        Canonical octets; None where it has no items.
    """
    root = parse_xml(document)
    items = [each for each in root if etree.QName(each).localname == "Item"]
    if not items or _find(items[0], "SequenceNumber") is None:
        return None
    where = root.index(items[0])
    for each in items:
        root.remove(each)
    for place in range(count):
        item = copy.deepcopy(items[place % len(items)])
        number = _find(item, "SequenceNumber")
        if number is not None:
            number.text = str(place + 1)
        root.insert(where + place, item)
    return _validate(root)


def _rewrite(document: bytes, change: Callable[[etree._Element], str | None]) -> bytes | None:
    """Change the texts of leaves; one that is not valid afterwards keeps its own."""
    root = parse_xml(document)
    changed = list(_change_all(root, change))
    if not changed:
        return None
    whole = _validate(root)
    if whole is not None:
        return whole
    for element, old, _ in changed:
        element.text = old
    kept: bytes | None = None
    for element, old, new in _one_of_each(changed):
        element.text = new
        valid = _validate(root)
        if valid is None:
            element.text = old
        else:
            kept = valid
    return kept


def _change_all(
    root: etree._Element, change: Callable[[etree._Element], str | None]
) -> Iterator[tuple[etree._Element, str | None, str]]:
    for element in root.iter():
        if len(element) or not element.text:
            continue
        text = change(element)
        if text is not None and text != element.text:
            old, element.text = element.text, text
            yield element, old, text


def _one_of_each(
    changed: Sequence[tuple[etree._Element, str | None, str]],
) -> Iterator[tuple[etree._Element, str | None, str]]:
    seen: set[str] = set()
    for each in changed:
        parent = each[0].getparent()
        name = f"{None if parent is None else parent.tag}/{each[0].tag}"
        if name not in seen:
            seen.add(name)
            yield each


def _validate(root: etree._Element) -> bytes | None:
    try:
        return encode(decode_document(root))
    except RefusedError:
        return None


def _find(element: etree._Element, name: str) -> etree._Element | None:
    return next((each for each in element if etree.QName(each).localname == name), None)


def _spell(number: int, places: int) -> str:
    text = f"{number:0{places + 1}}"
    whole, fraction = (text[:-places], text[-places:].rstrip("0")) if places else (text, "")
    return f"{whole}.{fraction}" if fraction else whole
