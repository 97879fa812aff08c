"""Texts that stand where a payload has text, number or date, and mostly should not."""

from __future__ import annotations

from typing import Final

__all__ = ["NASTY_TEXTS"]

NASTY_TEXTS: Final = (
    "",
    " ",
    "\n",
    "a\nb",
    "a  b",
    "0",
    "00",
    "-1",
    "1.",
    "999999999999999.999999",
    "99/99/9999",
    "29/02/2569",
    "2026-02-30",
    "2569-01-01",
    "2026-11-21T24:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "2026-11-21 23:59:60",
    "101%",
    "x" * 600,
    "x" * 5000,
    "e\u0301",
    "\u202e",
)
