"""Mapping tables: one list of rows that reads, writes, documents and declares what is lost.

A national format is two things: a syntax, which turns octets into a tree of names and back, and a
`Table`, which says which element of a canonical document stands at which name. Both directions
walk what they are given, not the table: whatever no row takes is declared as a loss, so an adapter
cannot forget an element in silence.
"""

from swb_adapters.sdk.mapping.adapter import Format, TableAdapter
from swb_adapters.sdk.mapping.conversions import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    ISO_DATE,
    LINE,
    LINES,
    NUMBER,
    Conversion,
    codes,
    criterion,
    day_first_date,
    decimal,
    instant,
    line,
    lines,
    moment,
    number,
)
from swb_adapters.sdk.mapping.json_tree import JsonSyntax, spell_json_path
from swb_adapters.sdk.mapping.page import build_page, list_lines
from swb_adapters.sdk.mapping.places import PlacedTree
from swb_adapters.sdk.mapping.rows import (
    AnyRow,
    Composed,
    Consent,
    Derived,
    Fixed,
    Given,
    Group,
    Ignored,
    Lost,
    Position,
    Presumed,
    Row,
    Texts,
    Tick,
)
from swb_adapters.sdk.mapping.shape import TEXT, Form, Shape, Tree
from swb_adapters.sdk.mapping.table import Table
from swb_adapters.sdk.mapping.xml_tree import ToldApart, XmlSyntax

__all__ = [
    "CODE",
    "COMPACT_DATE",
    "DECIMAL",
    "ISO_DATE",
    "LINE",
    "LINES",
    "NUMBER",
    "TEXT",
    "AnyRow",
    "Composed",
    "Consent",
    "Conversion",
    "Derived",
    "Fixed",
    "Form",
    "Format",
    "Given",
    "Group",
    "Ignored",
    "JsonSyntax",
    "Lost",
    "PlacedTree",
    "Position",
    "Presumed",
    "Row",
    "Shape",
    "Table",
    "TableAdapter",
    "Texts",
    "Tick",
    "ToldApart",
    "Tree",
    "XmlSyntax",
    "build_page",
    "codes",
    "criterion",
    "day_first_date",
    "decimal",
    "instant",
    "line",
    "lines",
    "list_lines",
    "moment",
    "number",
    "spell_json_path",
]
