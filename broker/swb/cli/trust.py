"""``swb trust``: the lists that states sign of their parties, from the first draft to the alarm."""

from __future__ import annotations

import click

from swb.cli.trust_compromise import compromise
from swb.cli.trust_drafting import add, authority, draft, retire, roots
from swb.cli.trust_placing import install, pin, publish
from swb.cli.trust_showing import show, verify
from swb.cli.trust_signing import sign

__all__ = ["command"]


@click.group("trust", short_help="Look at trust lists; draft, sign, install them; act on theft.")
def command() -> None:
    """Look at trust lists, make the next one, sign it by a quorum, and act when a key is stolen.

    A list or a root statement begins as a draft that nobody signed. As many people as the quorum
    asks for each add one root's signature with `sign`, and compare its digest by voice. Nothing
    is believed before the quorum signed.
    """


for each in (
    show,
    verify,
    draft,
    add,
    authority,
    retire,
    roots,
    sign,
    pin,
    publish,
    install,
    compromise,
):
    command.add_command(each)
