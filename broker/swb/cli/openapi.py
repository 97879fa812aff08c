"""``swb openapi``: the HTTP API's description, for whoever makes a client of it."""

from __future__ import annotations

import json

import click

from swb.cli.output import Answer

__all__ = ["command"]


@click.command("openapi", short_help="Print the HTTP API's description.")
def command() -> Answer:
    """Print the description of a gateway's HTTP API as OpenAPI 3.1, in JSON.

    It is the same that a running gateway shows at /v1/openapi.json.
    """
    from swb.api import build_document  # noqa: PLC0415 - slow to import

    document = build_document()
    return Answer(value=document, text=json.dumps(document, indent=2, ensure_ascii=False))
