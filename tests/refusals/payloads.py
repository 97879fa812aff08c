"""Bad payloads, made of good ones: what a program, a person or an attacker does to them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb.simulator.customs import draw_receipt
from tests.refusals.doors import FORMATS, NOW, draw_good, get_adapter, write

if TYPE_CHECKING:
    from swb_schemas.documents import CustomsReceipt

__all__ = [
    "IS_XML",
    "SPOTS",
    "Spots",
    "bomb",
    "change",
    "declare",
    "draw_receipt_of",
    "good",
    "personal_texts",
    "put_in",
    "with_items",
    "xml_body",
]

IS_XML: Final = {name: "xml" in get_adapter(name).info.media_type for name in FORMATS}


@lru_cache
def good(name: str) -> bytes:
    """The payload that every case of a format is made of; its gateway takes it."""
    return write(name, draw_good(name))


def personal_texts(name: str) -> set[str]:
    """Names, addresses and numbers of people and companies in the good payload."""
    certificate = draw_good(name)
    traders = (certificate.exporter, certificate.consignee)
    found = {certificate.exporter_declaration.signatory_name}
    found |= {certificate.certification.signatory_name}
    for trader in traders:
        found |= {trader.name, trader.identifier, trader.address.split("\n")[0]}
        found |= {each.value for each in trader.national_names}
    return {each for each in found if each}


def change(name: str, before: bytes | str, after: bytes | str, *, times: int = 1) -> bytes:
    """Replace what must stand in the good payload."""
    old, new = (each.encode() if isinstance(each, str) else each for each in (before, after))
    raw = good(name)
    assert old in raw, (name, old)
    return raw.replace(old, new, times)


def draw_receipt_of(name: str, *, own: bool = False) -> CustomsReceipt:
    """Draw what customs of a format's state says of a certificate of its partner, or of its own."""
    pair = FORMATS[name]
    other = pair if own else pair._replace(exporting=pair.importing, importing=pair.exporting)
    return draw_receipt(draw_good(name, pair=other), state=pair.exporting, at=NOW)


def xml_body(name: str) -> bytes:
    """The good payload without its XML declaration."""
    return re.sub(rb"^<\?xml.*?\?>\s*", b"", good(name))


def declare(name: str, charset: str) -> bytes:
    """The good payload with another declaration."""
    return f'<?xml version="1.0" encoding="{charset}"?>\n'.encode() + xml_body(name)


def put_in(name: str, what: bytes) -> bytes:
    """Put an element, or the value of a member, into the good payload's exporter."""
    if IS_XML[name]:
        return change(name, "<Exporter>", b"<Exporter>" + what)
    return change(name, "{", b'{"remarks":' + what + b",")


_LAUGHS: Final = b"".join(
    b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)
)
_DOCTYPES: Final = {
    "laughs": (b'a [<!ENTITY e0 "ha">' + _LAUGHS + b"]", b"&e9;"),
    "quadratic": (b'a [<!ENTITY e "' + b"h" * 50_000 + b'">]', b"&e;" * 5000),
    "file": (b'a [<!ENTITY e SYSTEM "file:///etc/passwd">]', b"&e;"),
    "page": (b'a [<!ENTITY % e SYSTEM "http://127.0.0.1/e.dtd"> %e;]', b"A"),
    "external": (b'a SYSTEM "http://127.0.0.1/a.dtd"', b"A"),
    "plain": (b"a", b"A"),
}


def bomb(name: str, kind: str) -> bytes:
    """The good payload with a document type, and an entity in the place of a name."""
    doctype, text = _DOCTYPES[kind]
    consignee = draw_good(name).consignee.name.encode()
    return b"<!DOCTYPE " + doctype + b">\n" + xml_body(name).replace(consignee, text, 1)


_XML_ITEMS: Final = {"thailand": "GoodsItem", "vietnam": "Goods", "canonical": "Item"}
_XML_NUMBERS: Final = {
    "thailand": "Sequence",
    "vietnam": "ItemNo",
    "canonical": "SequenceNumber",
}


def with_items(name: str, count: int) -> bytes:
    """The good payload with as many items, all of them like the first."""
    text = good(name).decode()
    if IS_XML[name]:
        tag, number = _XML_ITEMS[name], _XML_NUMBERS[name]
        one = re.compile(rf"<{tag}>.*?</{tag}>", re.DOTALL)
        items = one.findall(text)
        many = "".join(
            items[0].replace(f"<{number}>1<", f"<{number}>{place}<", 1)
            for place in range(1, count + 1)
        )
        text = one.sub("", text.replace(items[0], "\0", 1)).replace("\0", many, 1)
        return text.replace("<TotalItems>2<", f"<TotalItems>{count}<").encode()
    payload = json.loads(text)
    match name:
        case "indonesia":
            payload["barang"] = [
                payload["barang"][0] | {"seriBarang": place} for place in range(1, count + 1)
            ]
        case "aanzfta":
            items = payload["supplyChainConsignment"]["includedConsignmentItems"]
            line = items[0]["tradeLineItems"][0]
            items[:] = [
                items[0] | {"tradeLineItems": [line | {"sequenceNumber": place}]}
                for place in range(1, count + 1)
            ]
        case _:
            items = payload["specifiedConsignment"][0]["includedConsignmentItem"]
            items[:] = [
                items[0] | {"id": [{"content": str(place)}]} for place in range(1, count + 1)
            ]
    return json.dumps(payload, ensure_ascii=False).encode()


class Spots:
    """Where things stand in one format's good payload.

    Attributes:
        country: The consignee's country, with what is around it.
        importing: The importing country, likewise.
        weight: The first item's gross weight, likewise, with ``{}`` for the value.
        day: The day of the exporter's declaration, likewise.
        weight_in_text: Whether the format writes weights as text.
    """

    def __init__(
        self, name: str, *, country: str, importing: str, weight: str, day: str, criterion: str
    ) -> None:
        self.name = name
        self._country, self._importing = country, importing
        self._weight, self._day, self._criterion = weight, day, criterion

    def _put(self, template: str, value: str) -> bytes:
        found = re.compile(re.escape(template).replace(r"\{\}", '([^<>"{}]*?)'))
        text = good(self.name).decode()
        assert found.search(text), (self.name, template)
        return found.sub(lambda _: template.replace("{}", value), text, count=1).encode()

    def country(self, value: str) -> bytes:
        """Put something in the place of the consignee's country."""
        head, _, tail = good(self.name).decode().rpartition(self._country)
        assert head
        return f"{head}{self._country[:-2]}{value}{tail}".encode()

    def importing(self, value: str) -> bytes:
        return self._put(self._importing, value)

    def weight(self, value: str) -> bytes:
        return self._put(self._weight, value)

    def day(self, value: str) -> bytes:
        return self._put(self._day, value)

    def criterion(self, value: str) -> bytes:
        return self._put(self._criterion, value)

    def consignee(self, value: str) -> bytes:
        """Put something in the place of the consignee's name."""
        return change(self.name, draw_good(self.name).consignee.name, value)

    def without_consignee(self) -> bytes:
        """Leave the consignee's name out, with its element or member."""
        name = re.escape(draw_good(self.name).consignee.name)
        pattern = rf"<(\w+)>{name}</\1>" if IS_XML[self.name] else rf'"\w+":"{name}",'
        text, count = re.subn(pattern, "", good(self.name).decode(), count=1)
        assert count
        return text.encode()


SPOTS: Final = {
    spots.name: spots
    for spots in (
        Spots(
            "thailand",
            country="<CountryCode>VN",
            importing="<ImportedInto>{}</ImportedInto>",
            weight='<GrossWeight unit="KGM">{}</GrossWeight>',
            day="<Date>{}</Date><Signatory>EXPORT",
            criterion="<OriginCriterion>{}</OriginCriterion>",
        ),
        Spots(
            "vietnam",
            country="<CountryCode>TH",
            importing="<ImportedInto>{}</ImportedInto>",
            weight="<GrossWeight>{}</GrossWeight>",
            day="<Date>{}</Date><SignedBy>EXPORT",
            criterion="<Code1>{}</Code1>",
        ),
        Spots(
            "indonesia",
            country='"kodeNegara":"SG',
            importing='"kodeNegaraTujuan":"{}"',
            weight='"bruto":{},"kodeSatuanBruto"',
            day='"tanggalTtd":"{}"',
            criterion='"kodeKriteria":["{}"]',
        ),
        Spots(
            "aanzfta",
            country='"countryCode":"SG',
            importing='"importCountry":{"name":"{}"',
            weight='"grossWeight":"{} Kg"',
            day='"signature":"","actualDateTime":"{}"',
            criterion='"originCriteriaText":"{}"',
        ),
        Spots(
            "uncefact",
            country='"country":"TH',
            importing='"importingCountry":"{}"',
            weight='"grossMeasure":{"value":{},"unitCode"',
            day='"date":"{}","signatoryName"',
            criterion='"originCriterion":"{}"',
        ),
        Spots(
            "canonical",
            country="<Country>TH",
            importing="<ImportingCountry>{}</ImportingCountry>",
            weight='<GrossMeasure unit="KGM">{}</GrossMeasure>',
            day="<Date>{}</Date><SignatoryName>EXPORT",
            criterion="<Basis>{}</Basis>",
        ),
    )
}
