"""Printed certificates for tests: sealed and signed in the world of the golden vectors."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from swb.backends.softkey import SoftKeySigner
from swb.printing import lay_out, read_form_d
from swb.services.print_codes import PrintCodes
from swb_schemas.wire import parse_trust_bundle, verify_sealed
from swb_schemas.wire.certificates import parse_certificate
from tests.certificates import make_certificate
from tests.vectors.world import AT, HOLDERS, bundle, seal, seal_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.printing import Drawing
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.wire import SealHeader, TrustBundle, VerifiedSealedDocument
    from tests.vectors.world import Holder

__all__ = ["SCRIPTS", "Print", "draw", "seal_verified", "trust", "write_codes"]

SCRIPTS: Final = {
    "th": "บริษัท สยามตัวอย่าง จำกัด น้ำตาลทรายขาวบริสุทธิ์จากอ้อยที่ปลูกในประเทศไทย",
    "lo": "ບໍລິສັດ ສົ່ງອອກ ນ້ຳ ລາວ ຈຳກັດ",
    "km": "ព្រះរាជាណាចក្រកម្ពុជា ក្រុមហ៊ុន នាំចេញ ស្រូវ",
    "my": "မြန်မာနိုင်ငံ ကုန်သွယ်ရေး ဝန်ကြီးဌာန သင်္ဘော",
    "ta": "சிங்கப்பூர் ஏற்றுமதி நிறுவனம் கொள்கை",
    "vi": "Công ty Cổ phần Ví dụ Sài Gòn, Nguyễn Thị Tường",
    "ms-Arab": "شركت ڤڠإيكسڤورت مليسيا نڬارا",
    "zh": "新加坡出口有限公司",
}
"""Texts in the scripts of the region, with what is hard in each: marks, stacks, vowels in front."""


@cache
def trust() -> TrustBundle:
    """The standard bundle."""
    return parse_trust_bundle(bundle())


def seal_verified(
    certificate: CertificateOfOrigin, header: SealHeader | None = None, by: Holder = HOLDERS[0]
) -> VerifiedSealedDocument:
    """Seal a certificate, and verify that."""
    raw = seal(header or seal_header(certificate), certificate, by)
    return verify_sealed(raw, trust=trust(), at=AT)


def codes_of(sealed: VerifiedSealedDocument, by: Holder = HOLDERS[0]) -> PrintCodes:
    """What signs the codes of a certificate."""
    return PrintCodes(sealed, SoftKeySigner(by.key, parse_certificate(by.der)), AT)


def write_codes(
    certificate: CertificateOfOrigin | None = None,
    sheets: Sequence[Sequence[int]] = ((0,),),
    by: Holder = HOLDERS[0],
) -> list[str]:
    """Sign codes for sheets that nobody draws."""
    sealed = seal_verified(certificate or make_certificate())
    return asyncio.run(codes_of(sealed, by).write(sheets))


@dataclass(frozen=True, slots=True)
class Print:
    """A drawing with the codes of its sheets."""

    drawing: Drawing
    codes: list[str]


def draw(certificate: CertificateOfOrigin, header: SealHeader | None = None) -> Print:
    """Lay a certificate out and sign its codes."""
    sealed = seal_verified(certificate, header)
    writer = codes_of(sealed)
    form = read_form_d(certificate, sealed.header.environment)
    drawing = lay_out(form, sealed, may_hold=writer.may_hold)
    return Print(drawing, asyncio.run(writer.write([each.items for each in drawing.sheets])))
