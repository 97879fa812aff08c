"""The page on classes of data is made of the table and of the documents.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_data_classes.py`` writes the page anew.
"""

from __future__ import annotations

import os
from typing import Final

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.data_classes import DataClass, find_class, list_elements
from swb_schemas.data_policy import parse_data_policy
from tests.services import ROOT

PAGE: Final = ROOT / "docs" / "reference" / "data-classes.md"

POLICY: Final = """\
[[rule]]
to = ["VN"]                                  # every destination when it is missing
message_type = "DeclarationExtract"          # every type when it is missing
class = "commercial"                         # or element = "DeclarationExtract/Item/FobAmount"
do = "block"
"""

HEAD: Final = f"""\
# Classes of data

Whose data each element is, and what a state lets out to whom
([why it is so](../adr/data-classes.md)). This page is made of
`schemas/swb_schemas/data_classes.toml` and of the documents.

| class | data |
|---|---|
| `public` | of the exchange itself: keys, codes, countries, days, what an authority decided |
| `commercial` | of a trader's business: goods, quantities, values, invoices, transport |
| `personal` | of a person, or of a company that may be one |
| `restricted` | free text, what others have added, and every element that nobody has classed |

## A policy

The table that `[national] data_policy` of the sealing gateway names, TOML, read again when it
changes:

```toml
{POLICY}```

| `do` | what becomes of an element |
|---|---|
| `carry` | it leaves; so does everything that no line is about |
| `mask` | a text leaves as `***`; what is no free text is blocked |
| `block` | it does not leave, nor does a part that cannot be without it |

A line that can never match is refused, because what it was meant to keep back would leave: an
element of another type than `message_type`, a class that the type has no element of, an empty `to`
or one with no country of ISO 3166-1, a type that does not itself say where it goes (`Cancellation`,
`VerificationReply`). Nothing leaves until the table is mended: `policy.unusable`.

A line about an element comes before one about a class; among equals the later line counts. What is
masked and blocked is a declared loss (`policy.masked`, `policy.blocked`) in the sender's answer;
the rules judge what is left. A document, or a line of goods, that cannot be without what is blocked
does not leave: `policy.mandatory`. Consents are asked for by what the payload says, before the
policy.

How long a state keeps what it has is its gateway's own `[retention]`
([configuration](configuration.md)); a single exchange is erased with `swb evidence
erase`.

## Elements
"""


def build_page() -> str:
    """The page as table and documents say it."""
    parts = [HEAD]
    for name, entry in CATALOGUE.items():
        if not entry.national:
            continue
        parts.append(f"\n### {name}\n\n| class | elements |\n|---|---|\n")
        paths = list(list_elements(entry.model))
        for each in DataClass:
            ends = [f"`{p.partition('/')[2]}`" for p in paths if find_class(p) is each]
            if ends:
                parts.append(f"| {each} | {', '.join(ends)} |\n")
    return "".join(parts)


def test_the_page_is_made_of_table_and_documents() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"


def test_the_policy_on_the_page_is_one() -> None:
    parse_data_policy(POLICY.encode())
