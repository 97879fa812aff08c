"""Octets: what stands on the wire, before anything of it means something."""

from __future__ import annotations

import zlib
from typing import Final

from tests.attacks.reading import judge_message, judge_sealed
from tests.attacks.story import Book, Side
from tests.vectors import documents
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.tampering import replace_once, resign_message, resign_sealed
from tests.vectors.world import message_header, seal_header, wrap

__all__ = ["BOOK"]

BOOK: Final = Book("Octets and XML")

_SENDER: Final = b">urn:swb:party:TH:gateway<"
_GOODS: Final = b"Fresh durians"
_TWO_READERS: Final = "Two readers that read two things in one file."


@BOOK.tell(
    "The file ends early, at every hundredth octet.",
    gain="A reader that acts on the half that came.",
    meets="xml.malformed",
)
def a_truncated_file() -> str:
    message = clear_message()
    met = {judge_message(message[:at]) for at in range(1, len(message), 100)}
    (only,) = met
    return only


@BOOK.tell(
    "Two true messages stand one behind the other in one file.",
    gain="A second message that travels unseen behind the first.",
    meets="xml.malformed",
)
def concatenated_files() -> str:
    return judge_message(clear_message() * 2)


@BOOK.tell(
    "A true message is followed by white space, a comment or a NUL.",
    gain="Octets that no signature covers travel with it.",
    meets="xml.not_canonical",
)
def something_behind_the_end() -> str:
    met = {judge_message(clear_message() + tail) for tail in (b"\n", b"<!--a-->", b" ")}
    assert judge_message(clear_message() + b"\0") == "xml.malformed"
    (only,) = met
    return only


@BOOK.tell(
    "A comment cuts the sender's name in two. Canonicalisation drops it, so the signature would "
    "hold, and a reader of the first text node sees another name (CVE-2017-11428 and its kin).",
    gain="A sender whose name is a part of the signed one.",
    meets="xml.not_canonical",
)
def a_comment_inside_a_name() -> str:
    name = b">urn:swb:party:TH:gateway<!---->.example.com<"
    return judge_message(replace_once(clear_message(), _SENDER, name))


@BOOK.tell(
    "An external entity in the place of the sender's name, which reads a file of the reader.",
    gain="Files of the gateway, in an error message or an answer.",
    meets="xml.doctype",
)
def an_external_entity() -> str:
    declared = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    return judge_message(declared + clear_message().replace(_SENDER, b">&e;<"))


@BOOK.tell(
    "A parameter entity fetches a document type from the attacker's server.",
    gain="Requests from inside the gateway's network, and files sent out by them.",
    meets="xml.doctype",
)
def an_external_subset() -> str:
    declared = b'<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1:1/e.dtd"> %e;]>'
    return judge_message(declared + clear_message())


@BOOK.tell(
    "Ten entities, each ten times the one before: a billion words out of one kilobyte.",
    gain="A gateway without memory.",
    meets="xml.doctype",
)
def a_billion_laughs() -> str:
    entities = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%b">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 11)
    )
    return judge_message(b"<!DOCTYPE a [" + entities + b"]><a>&a10;</a>")


@BOOK.tell(
    "One long entity, named a hundred thousand times.",
    gain="A gateway without memory.",
    meets="xml.doctype",
)
def a_quadratic_blow_up() -> str:
    entity = b'<!DOCTYPE a [<!ENTITY e "' + b"x" * 100_000 + b'">]>'
    return judge_message(entity + b"<a>" + b"&e;" * 100_000 + b"</a>")


@BOOK.tell(
    "Attribute defaults in an internal subset change what the elements say.",
    gain="Values that stand in no octet that was signed.",
    meets="xml.doctype",
)
def defaults_of_a_document_type() -> str:
    declared = b'<!DOCTYPE a [<!ATTLIST Exchange version CDATA "2.0">]>'
    return judge_message(declared + clear_message())


@BOOK.tell(
    "A file of more octets than the largest document needs, of one element with a text of ten "
    "million characters, or of a million empty elements.",
    gain="A gateway that reads for minutes.",
    meets="document.too_large, document.too_large, xml.too_many_elements",
)
def oversized_files() -> str:
    padded = clear_message() + b" " * 9_500_000
    text = b"<a>" + b"x" * 10_000_001 + b"</a>"
    many = b"<a>" + b"<b/>" * 1_000_000 + b"</a>"
    return ", ".join(map(judge_message, (padded, text, many)))


@BOOK.tell(
    "Forty thousand elements inside each other.",
    gain="A gateway whose stack overflows.",
    meets="xml.too_deep",
)
def a_deep_file() -> str:
    return judge_message(b"<a>" * 40_000 + b"</a>" * 40_000)


@BOOK.tell(
    "An element with a hundred thousand attributes, in 1.3 million octets. Their canonical form is "
    "sorted by insertion: before their number was bounded, it took a minute to find out that "
    "nothing was signed.",
    gain="A gateway that does nothing else for a minute.",
    meets="xml.too_many_attributes",
)
def a_crowd_of_attributes() -> str:
    attributes = b"".join(b' a%d="1"' % at for at in range(100_000))
    return judge_message(b"<a" + attributes + b"></a>")


@BOOK.tell(
    "The name of an element is a megabyte long.",
    gain="Rows that no index takes, and logs that nobody reads.",
    meets="xml.malformed",
)
def an_endless_name() -> str:
    name = b"a" * 1_000_000
    return judge_message(b"<" + name + b"></" + name + b">")


@BOOK.tell(
    "A message id of a megabyte, truly signed.",
    by=Side.MEMBER,
    gain="Rows, keys and file names without bound.",
    meets="xml.schema",
)
def an_endless_id() -> str:
    start = b"<InstanceIdentifier>019ca3b5-0efa-7000-8000-000000000003<"
    endless = b"<InstanceIdentifier>" + b"019ca3b5-" * 120_000 + b"<"
    return judge_message(resign_message(clear_message(), (start, endless)))


@BOOK.tell(
    "A message id that is a path: ../../../etc/cron.d/evil.",
    by=Side.MEMBER,
    gain="A file wherever the gateway may write.",
    meets="xml.schema",
)
def an_id_that_is_a_path() -> str:
    start = b"<InstanceIdentifier>019ca3b5-0a08-7000-8000-000000000001<"
    path = b"<InstanceIdentifier>../../../etc/cron.d/evil<"
    return judge_message(resign_message(clear_message(), (start, path)))


@BOOK.tell(
    "The same text in UTF-16, with a byte order mark, or in UTF-8 that declares itself otherwise.",
    gain=_TWO_READERS,
    meets="xml.not_canonical",
)
def another_encoding() -> str:
    text = clear_message().decode()
    spelled = (
        text.encode("utf-16"),
        b"\xef\xbb\xbf" + text.encode(),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode(),
    )
    (only,) = {judge_message(each) for each in spelled}
    return only


@BOOK.tell(
    "Line ends are carriage returns and line feeds, or character references for them.",
    gain="Two spellings of one file, so two digests of it.",
    meets="xml.not_canonical",
)
def other_line_ends() -> str:
    sealed = sealed_certificate()
    met = {judge_sealed(sealed.replace(b"\n", end)) for end in (b"\r\n", b"&#10;", b"&#xA;")}
    (only,) = met
    return only


@BOOK.tell(
    "A carriage return in an address, sealed as it stands: canonical XML writes it as a reference "
    "and so keeps it.",
    by=Side.MEMBER,
    gain="A line that hides the one before it, on a terminal or in a log.",
    meets="xml.schema",
)
def a_carriage_return_in_an_address() -> str:
    return judge_sealed(
        resign_sealed(sealed_certificate(), (b"99 Example Road\n", b"99 Example Road&#xD;\n"))
    )


@BOOK.tell(
    "A name in decomposed Unicode, sealed as it stands: it looks the same and is other octets.",
    by=Side.MEMBER,
    gain="Two certificates that look the same and compare as different.",
    meets="document.invalid",
)
def a_name_in_another_normal_form() -> str:
    return judge_sealed(
        resign_sealed(sealed_certificate(), (_GOODS, "Fresh duria\u0303ns".encode()))
    )


@BOOK.tell(
    "A right-to-left override turns a description around, sealed as it stands.",
    by=Side.MEMBER,
    gain="Goods that read otherwise on a screen than in the register.",
    meets="xml.schema",
)
def text_that_runs_backwards() -> str:
    return judge_sealed(
        resign_sealed(sealed_certificate(), (_GOODS, "Fresh \u202esnairud".encode()))
    )


@BOOK.tell(
    "An escape sequence in a description, as a character reference and bare.",
    by=Side.MEMBER,
    gain="Commands to the terminal of whoever looks at it.",
    meets="xml.malformed",
)
def an_escape_sequence_in_a_text() -> str:
    sealed = sealed_certificate()
    met = {
        judge_sealed(replace_once(sealed, _GOODS, each + b"[2J"))
        for each in (b"\x1b", b"&#27;", b"&#x1B;")
    }
    (only,) = met
    return only


@BOOK.tell(
    "The eight-bit form of the escape sequence, U+009B, which XML allows; sealed as it stands.",
    by=Side.MEMBER,
    gain="Commands to the terminal of whoever looks at it.",
    meets="xml.schema",
)
def an_eight_bit_escape_sequence_in_a_text() -> str:
    return judge_sealed(resign_sealed(sealed_certificate(), (_GOODS, "\u009b2Jdurians".encode())))


@BOOK.tell(
    "The prefix of the signature is bound to another namespace around it, or the default namespace "
    "is taken away below the root.",
    gain=_TWO_READERS,
    meets="signature.missing, xml.schema",
)
def names_that_mean_something_else() -> str:
    message = clear_message()
    signature = b"http://www.w3.org/2000/09/xmldsig#"
    other = message.replace(b'xmlns:ds="' + signature, b'xmlns:ds="urn:swb:other')
    bare = resign_message(message, (b"<Sender>", b'<Sender xmlns="">'))
    return ", ".join(map(judge_message, (other, bare)))


@BOOK.tell(
    "A namespace name that is relative: canonical XML has no form for it.",
    gain="A reader that fails in the middle of its work.",
    meets="xml.not_canonical",
)
def a_relative_namespace() -> str:
    return judge_message(replace_once(clear_message(), b"<Sender>", b'<Sender xmlns:a="a">'))


@BOOK.tell(
    "The element is spelled with a prefix of its own, signed as it stands: the same to any XML "
    "reader, and other octets.",
    by=Side.MEMBER,
    gain="Two spellings of one content, so two digests of it.",
    meets="xml.not_canonical",
)
def a_prefix_for_an_element() -> str:
    namespace = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    message = clear_message()
    start, end = message.index(b"<Sender>"), message.index(b"</Sender>")
    inner = message[start + len(b"<Sender>") : end]
    old = b"<Sender>" + inner + b"</Sender>"
    spelled = b'<s:Sender xmlns:s="' + namespace + b'">' + inner + b"</s:Sender>"
    return judge_message(resign_message(message, (old, spelled)))


@BOOK.tell(
    "An attribute of the XML Schema instance namespace names a schema of the attacker's, signed as "
    "it stands.",
    by=Side.MEMBER,
    gain="A reader that fetches the schema by which it judges.",
    meets="xml.not_canonical",
)
def a_schema_that_the_file_brings_itself() -> str:
    location = (
        b'<Certification xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="urn:a http://example.com/a.xsd">'
    )
    return judge_sealed(resign_sealed(sealed_certificate(), (b"<Certification>", location)))


@BOOK.tell(
    "A stylesheet instruction before the root, for whoever opens the file in a browser.",
    gain="A page that shows another content than the signed one.",
    meets="xml.processing_instruction",
)
def a_stylesheet_instruction() -> str:
    sheet = b'<?xml-stylesheet href="http://example.com/evil.xsl" type="text/xsl"?>'
    return judge_message(sheet + clear_message())


@BOOK.tell(
    "The body is a megabyte of zeros, compressed, in the place of a sealed document, truly signed: "
    "nothing here is ever decompressed.",
    by=Side.MEMBER,
    gain="A gateway that unfolds gigabytes out of a megabyte.",
    meets="xml.malformed",
)
def a_compressed_body_in_the_clear() -> str:
    bomb = zlib.compress(bytes(1_000_000), 9)
    return judge_message(wrap(message_header(seal_header(documents.certificate())), bomb))


@BOOK.tell(
    "The body's base64 is broken into lines, or has bits behind its data, truly signed.",
    by=Side.MEMBER,
    gain="Many spellings of one body, so many messages out of one.",
    meets="message.body",
)
def another_spelling_of_base64() -> str:
    message = clear_message()
    start = message.index(b"<Content>")
    body = message[start : message.index(b"</Content>")]
    return judge_message(resign_message(message, (body, body[:60] + b"\n" + body[60:])))
