"""Hardened parsing, validation against the published XSD, and the one canonical serialiser.

Whoever needs an XML tree gets it from here.
"""

from swb_schemas.parsing import XmlLimits, canonical_octets, parse_xml
from swb_schemas.xml.codec import decode, encode, encode_element
from swb_schemas.xml.validation import Schema, load_schema, validate_xml

__all__ = [
    "Schema",
    "XmlLimits",
    "canonical_octets",
    "decode",
    "encode",
    "encode_element",
    "load_schema",
    "parse_xml",
    "validate_xml",
]
