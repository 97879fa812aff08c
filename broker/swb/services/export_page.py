"""The page for people in a container: what is what, and how to verify it without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import Trail
    from swb_schemas.evidence import Item

__all__ = ["write_page"]

_PAGE: Final = """\
Evidence of one document that crossed a border
==============================================

{what}
Document      {document}
Conversation  {conversation}
Environment   {environment}

This is a container of ETSI EN 319 162-1 (ASiC-E with evidence records). Nothing in it is to be
trusted because it is in it: verify it with a trust bundle whose roots you got out of band.

    swb evidence verify THIS-FILE --trust BUNDLE

Without this program: docs/how-to/verify-evidence.md of the project single-window-broker does it
with unzip, openssl and xmlsec1.

What is what
------------

contents.json   what the container says that it holds; proves nothing by itself
documents/      sealed documents as they were sealed: XML with one XAdES signature each
messages/       messages as they were sent: XML with one XAdES signature each, by the gateway
META-INF/       for each of those an evidence record (RFC 4998) and a manifest that names it
time-stamps/    the time-stamps (RFC 3161) in those records; the name is the digest they are about
erasures/       where payloads were erased: who, when, why
trust/          trust lists, signed by their states, as they were in force. The roots beside them
                prove nothing
certificates/   certificates that signed, and their issuers
revocation/     what issuers answered about them
log/            proofs that the region's log has a message

A file NAME.signature.xml is what was left of a file that was erased: its signature, over a digest
of what is gone. Whoever still has that file can show that it is the one.

A message whose body is encrypted proves, by itself, nothing about the document beside it. What
binds the two is the receipt of the receiving gateway (TransportAck), which names both digests.
{unstamped}
Files
-----

{files}
"""


def write_page(trail: Trail, items: Sequence[Item], unstamped: int) -> bytes:
    """Write the page."""
    document = trail.document
    told = ""
    if unstamped:
        told = f"\n{unstamped} of the files have no time-stamp yet: nothing proves their age.\n"
    lines = [
        f"{each.file}\n    {each.type}, by {each.signer}, for {each.receiver}, "
        f"{format_instant(each.recorded_at)}{', ERASED' if each.erased else ''}"
        for each in items
    ]
    return _PAGE.format(
        what=f"{document.message_type} {document.certificate_key}".rstrip(),
        document=document.document_id,
        conversation=document.conversation_id,
        environment=document.environment,
        unstamped=told,
        files="\n".join(lines),
    ).encode()
