"""Payloads of fixed width, as systems of the NACCS lineage have them: layouts as data.

A payload is a header of fixed width and a body, all in lines that end with CR LF. A layout says
which records there are, which fields they have and how wide each is; from there on a message is a
`swb_adapters.sdk.mapping.Tree`, and an adapter is tables. Two arrangements of a body share layouts,
header, text and errors:

* `Columns`: one record a line, its fields at fixed columns;
* `FieldLines`: one field a line, in the order of the layout, blocks with their count before them.

**Widths count characters** (Unicode code points), not octets: a column is what an editor shows and
what an error names, whatever the script is. Only the length of the whole message, which the header
states, counts octets of UTF-8. Long text goes on in further rows; a row never ends before a
combining mark or between a joiner and what it joins, and rows are put together exactly as they
were.
"""

from swb_adapters.sdk.fixed_width.adapter import FixedWidthAdapter
from swb_adapters.sdk.fixed_width.columns import Columns
from swb_adapters.sdk.fixed_width.field_lines import FieldLines
from swb_adapters.sdk.fixed_width.layouts import HEADER, Field, Header, Layout, Record
from swb_adapters.sdk.fixed_width.syntax import FixedWidthSyntax, Message

__all__ = [
    "HEADER",
    "Columns",
    "Field",
    "FieldLines",
    "FixedWidthAdapter",
    "FixedWidthSyntax",
    "Header",
    "Layout",
    "Message",
    "Record",
]
