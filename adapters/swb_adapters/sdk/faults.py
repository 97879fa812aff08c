"""What pydantic found wrong, in the words in which every refusal speaks: expected, and found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents.forms import FORMS
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["spell_fault"]

_LONGEST: Final = 300
_SENTENCES: Final = {
    "missing": "expected a value, found none",
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "string_pattern_mismatch": "expected {meant}, found {quoted}",
    "literal_error": "expected {expected}, found {quoted}",
    "enum": "expected {expected}, found {quoted}",
    "too_long": "expected at most {max_length:,} of them, found {actual_length:,}",
    "too_short": "expected at least {min_length:,} of them, found {actual_length:,}",
    "string_too_long": "expected at most {max_length:,} characters, found {found:,}",
    "string_too_short": "expected at least {min_length:,} characters, found {found:,}",
}


def spell_fault(fault: ErrorDetails) -> str:
    """Say what was expected and what was found; see `quote_value` for what is shown of it.

    Args:
        fault: One entry of `pydantic.ValidationError.errors`, with input and context.
    """
    given = fault["input"]
    sentence = _SENTENCES.get(fault["type"])
    if sentence is None:
        return fault["msg"].removeprefix("Value error, ")[:_LONGEST]
    values = {**fault.get("ctx", {}), "found": len(given) if isinstance(given, str) else 0}
    values["quoted"] = quote_value(given) if isinstance(given, str) else "something else"
    pattern = str(values.get("pattern", ""))
    values["meant"] = FORMS.get(pattern, f"what the pattern {pattern} describes")
    try:
        return sentence.format(**values)[:_LONGEST]
    except (KeyError, ValueError, TypeError):  # another context than this version's
        return fault["msg"][:_LONGEST]
