"""Signed XML of other programs, read with the few parts that this project has for reading any.

There is deliberately no general XML signature reader here; this takes a foreign file apart as far
as our own canonicaliser and our own verifier reach, so that what they say can be held against
what its authors meant.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from swb_schemas.documents.elements import SHA256_URI
from swb_schemas.errors import RefusedError
from swb_schemas.parsing import canonical_octets, parse_xml
from swb_schemas.wire.signature import DS_NAMESPACE, ECDSA_SHA256_URI, read_signature

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ForeignFile", "list_files", "xmlsec1_verdict"]

_DS: Final = {"ds": DS_NAMESPACE, "dsig11": "http://www.w3.org/2009/xmldsig11#"}
_EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED: Final = f"{DS_NAMESPACE}enveloped-signature"
_DIGESTS: Final = {
    f"{DS_NAMESPACE}sha1": "sha1",
    SHA256_URI: "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}

_IDS: Final = (
    ("--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"),
    ("--id-attr:Id", "http://uri.etsi.org/01903/v1.1.1#:SignedProperties"),
    ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"),
    ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"),
    ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"),
)
"""Where files have identifiers, which xmlsec1 has to be told."""
_OCTETS_OF_POINT: Final = 65
"""Of a point on P-256, uncompressed."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A signed file that another program made.

    Attributes:
        name: Path below ``signed``.
        raw: Its octets.
    """

    name: str
    raw: bytes

    def signature_code(self) -> str:
        """What our reader of signatures says, once the file has our octets and the place is right.

        The file is brought into canonical form, and whatever follows its last signature counts as
        the end that a signature must stand before.
        """
        try:
            octets = canonical_octets(parse_xml(self.raw))
            root = parse_xml(octets)
        except RefusedError as refusal:
            return refusal.code
        end = octets.rfind(b"</ds:Signature>")
        closing = octets[end + len(b"</ds:Signature>") :] if end >= 0 else b""
        try:
            read_signature(octets, root, closing=closing)
        except RefusedError as refusal:
            return refusal.code
        return ""

    def digests(self) -> Iterator[tuple[str, bool]]:
        """For each reference that our canonicaliser reaches: its URI, and whether its digest holds.

        That is one to this very file, by exclusive C14N alone, with the signature taken out or not.
        """
        root = self._tree()
        if root is None:
            return
        for reference in root.iterfind(".//ds:SignedInfo/ds:Reference", _DS):
            octets = self._octets_of(root, reference)
            method = reference.find("ds:DigestMethod", _DS)
            stated = reference.findtext("ds:DigestValue", "", _DS)
            algorithm = _DIGESTS.get("" if method is None else str(method.get("Algorithm")))
            if octets is None or algorithm is None:
                continue
            found = hashlib.new(algorithm, octets).digest()
            yield str(reference.get("URI")), base64.b64decode(stated) == found

    def p256_signature(self) -> tuple[ec.EllipticCurvePublicKey, bytes, bytes] | None:
        """Key, value and signed octets of a signature by ECDSA P-256 with SHA-256, if it is one."""
        root = self._tree()
        signature = None if root is None else root.find(".//ds:Signature", _DS)
        if root is not None and root.tag == f"{{{DS_NAMESPACE}}}Signature":
            signature = root
        if signature is None:
            return None
        method = signature.find("ds:SignedInfo/ds:SignatureMethod", _DS)
        point = signature.findtext(".//dsig11:PublicKey", "", _DS)
        if method is None or method.get("Algorithm") != ECDSA_SHA256_URI:
            return None
        octets = base64.b64decode(point)
        if len(octets) != _OCTETS_OF_POINT:
            return None  # another curve, or a key that stands elsewhere
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets)
        value = base64.b64decode(signature.findtext("ds:SignatureValue", "", _DS))
        info = signature.find("ds:SignedInfo", _DS)
        assert info is not None
        canonicalisation = info.find("ds:CanonicalizationMethod", _DS)
        assert canonicalisation is not None
        exclusive = canonicalisation.get("Algorithm") == _EXC_C14N
        return key, value, etree.tostring(info, method="c14n", exclusive=exclusive)

    def _tree(self) -> etree._Element | None:
        try:
            return parse_xml(self.raw)
        except RefusedError:
            return None

    def _octets_of(self, root: etree._Element, reference: etree._Element) -> bytes | None:
        transforms = reference.findall("ds:Transforms/ds:Transform", _DS)
        names = [str(each.get("Algorithm")) for each in transforms]
        uri = reference.get("URI")
        if _EXC_C14N not in names or set(names) - {_EXC_C14N, _ENVELOPED} or uri is None:
            return None
        if any(len(each) for each in transforms):
            return None  # a list of prefixes, which our canonicaliser never has
        if uri == "":
            target = root
        elif uri.startswith("#"):
            found = root.xpath("//*[@Id=$id or @ID=$id or @id=$id]", id=uri[1:])
            if not isinstance(found, list) or len(found) != 1:
                return None
            (target,) = (each for each in found if isinstance(each, etree._Element))  # noqa: SLF001 - lxml's public class has this name
        else:
            return None
        if _ENVELOPED in names:
            target = _without_signature(root, reference, target)
        return canonical_octets(target)


def _without_signature(
    root: etree._Element, reference: etree._Element, target: etree._Element
) -> etree._Element:
    """The target in a copy of the file that lacks the signature of a reference."""
    signature = next(reference.iterancestors(f"{{{DS_NAMESPACE}}}Signature"))
    nodes, copied = list(root.iter()), list(deepcopy(root).iter())
    cut, kept = (copied[nodes.index(each)] for each in (signature, target))
    parent, before = cut.getparent(), cut.getprevious()
    assert parent is not None
    if cut.tail and before is None:
        parent.text = (parent.text or "") + cut.tail
    elif cut.tail and before is not None:
        before.tail = (before.tail or "") + cut.tail
    parent.remove(cut)
    return kept


def list_files(samples: Path) -> list[ForeignFile]:
    """Every signed XML file of the samples."""
    folder = samples / "signed"
    files = [
        ForeignFile(str(path.relative_to(folder)), path.read_bytes())
        for part in ("signxml", "xmlsec1")
        for path in sorted((folder / part).rglob("*.xml"))
    ]
    for path in sorted((folder / "saml-wrapping").glob("*.base64")):
        name = str(path.relative_to(folder))
        files.append(ForeignFile(name, base64.b64decode(path.read_bytes())))
    return files


def xmlsec1_verdict(program: Path, folder: Path, octets: bytes) -> str:
    """What xmlsec1 says of a signature, by the key that the file itself brings."""
    file = folder / "foreign.xml"
    file.write_bytes(octets)
    done = subprocess.run(
        [
            program,
            "--verify",
            "--insecure",
            "--enabled-reference-uris",
            "empty,same-doc",
            *(word for each in _IDS for word in each),
            file,
        ],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=folder,
    )
    return "valid" if done.returncode == 0 else "not valid"
