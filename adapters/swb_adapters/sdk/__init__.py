"""The adapter SDK: what an integrator installs and reads to join a national system.

An adapter is pure and synchronous: octets of a national format to a canonical document and back.
`Adapter` is the contract; ``docs/how-to/write-an-adapter.md`` walks through one. Everything in
``__all__`` is public and follows the version of the distribution. Most adapters are tables
(`swb_adapters.sdk.mapping`); the test kit is `swb_adapters.sdk.testing`, and an adapter in another
language speaks the protocol of `swb_adapters.sdk.command`.

==================  =============================================================================
`Adapter`           the two verbs, and what they promise
`build_document`    values to a valid document, or to findings with both paths
`PathMap`           where an element stands in the other format
`Losses`            what the format cannot carry
dates, values       Buddhist-era years, local times, text, exact decimals
`parse_payload`     hardened XML; `check_schema` against the adapter's own XSD
`parse_json`        JSON with one meaning only; `encode_json` writes numbers exactly
`derive_uuid`       ids without clock or randomness
`find_differences`  what changed beyond the declared losses
==================  =============================================================================
"""

from swb_adapters.sdk.building import Unreadable, attempt, build_document, refuse, spell_location
from swb_adapters.sdk.choosing import Syntax, find_reader
from swb_adapters.sdk.comparing import find_differences
from swb_adapters.sdk.contract import (
    API,
    Adapter,
    AdapterInfo,
    MessageSupport,
    Provenance,
    Reading,
    Rendering,
    find_writer,
)
from swb_adapters.sdk.dates import (
    BUDDHIST_OFFSET,
    Era,
    format_day_as_instant,
    format_day_first_date,
    format_iso_date,
    format_iso_instant,
    format_local_time,
    parse_day_first_date,
    parse_day_of_instant,
    parse_iso_date,
    parse_iso_instant,
    parse_local_time,
    tells_day_only,
)
from swb_adapters.sdk.derivation import derive_digits, derive_uuid
from swb_adapters.sdk.json import encode_json, parse_json
from swb_adapters.sdk.json_models import (
    JsonDay,
    JsonMoment,
    JsonNumber,
    JsonPart,
    NoPlace,
    build_json_schema,
    check_json,
    find_unplaced,
    reading_loss,
    spell_member,
)
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits
from swb_adapters.sdk.losses import Losses, is_mandatory
from swb_adapters.sdk.paths import PathMap
from swb_adapters.sdk.values import (
    fold_foreign_text,
    format_decimal,
    format_exact_criterion,
    parse_decimal,
    parse_whole_number,
    read_criterion,
)
from swb_adapters.sdk.xml import (
    PayloadWriter,
    check_schema,
    check_utf8,
    parse_payload,
    read_children,
    read_texts,
    spell_name,
)

__all__ = [
    "API",
    "BUDDHIST_OFFSET",
    "DEFAULT_LIMITS",
    "Adapter",
    "AdapterInfo",
    "AdapterLimits",
    "Era",
    "JsonDay",
    "JsonMoment",
    "JsonNumber",
    "JsonPart",
    "Losses",
    "MessageSupport",
    "NoPlace",
    "PathMap",
    "PayloadWriter",
    "Provenance",
    "Reading",
    "Rendering",
    "Syntax",
    "Unreadable",
    "attempt",
    "build_document",
    "build_json_schema",
    "check_json",
    "check_schema",
    "check_utf8",
    "derive_digits",
    "derive_uuid",
    "encode_json",
    "find_differences",
    "find_reader",
    "find_unplaced",
    "find_writer",
    "fold_foreign_text",
    "format_day_as_instant",
    "format_day_first_date",
    "format_decimal",
    "format_exact_criterion",
    "format_iso_date",
    "format_iso_instant",
    "format_local_time",
    "is_mandatory",
    "parse_day_first_date",
    "parse_day_of_instant",
    "parse_decimal",
    "parse_iso_date",
    "parse_iso_instant",
    "parse_json",
    "parse_local_time",
    "parse_payload",
    "parse_whole_number",
    "read_children",
    "read_criterion",
    "read_texts",
    "reading_loss",
    "refuse",
    "spell_location",
    "spell_member",
    "spell_name",
    "tells_day_only",
]
