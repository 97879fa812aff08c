"""The ASYCUDA family: one format of single administrative documents, and what tells states apart.

ASYCUDA World is customs software of UNCTAD that about a hundred countries run, each configured by
itself. Its XML export of a declaration is publicly known from files only; there is no published
schema. An adapter of such a state is a `Dialect`, which is data, and nothing else.

What is known and what is invented stands in the ``README.md`` of this package.
"""

from swb_adapters.sdk.asycuda.dialect import (
    Dialect,
    build_adapter,
    build_enveloped,
    build_tables,
)
from swb_adapters.sdk.asycuda.syntax import AsycudaSyntax, Blank
from swb_adapters.sdk.asycuda.values import short_date

__all__ = [
    "AsycudaSyntax",
    "Blank",
    "Dialect",
    "build_adapter",
    "build_enveloped",
    "build_tables",
    "short_date",
]
