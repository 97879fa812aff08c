"""Floors: what nobody can do without, by the libraries that everybody uses, and nothing beside."""

from __future__ import annotations

import os
import sqlite3
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = [
    "BareTable",
    "canonicalise",
    "collect_bare",
    "decrypt_bare",
    "deliver_bare",
    "encrypt_bare",
    "read_bare",
    "sign_and_canonicalise",
    "validate_bare",
    "verify_and_canonicalise",
    "walk",
    "write_bare",
]

_ECDSA: Final = ec.ECDSA(hashes.SHA256())
_CONTENT_KEY_OCTETS: Final = 32
_IV_OCTETS: Final = 12
_INSERT: Final = "INSERT INTO row (octets) VALUES (?)"
_READ: Final = "SELECT number, octets FROM row ORDER BY number DESC LIMIT ?"
_NOTE: Final = "UPDATE row SET noted = coalesce(noted, 0) + 1 WHERE number = ?"


def canonicalise(root: etree._Element) -> Callable[[], object]:
    """One exclusive canonical form of a tree."""
    return lambda: etree.tostring(root, method="c14n", exclusive=True)


def sign_and_canonicalise(
    key: ec.EllipticCurvePrivateKey, data: bytes, root: etree._Element
) -> Callable[[], object]:
    """One ECDSA signature and one canonical form."""
    return lambda: (key.sign(data, _ECDSA), etree.tostring(root, method="c14n", exclusive=True))


def verify_and_canonicalise(
    key: ec.EllipticCurvePrivateKey, data: bytes, root: etree._Element
) -> Callable[[], object]:
    """One ECDSA verification and one canonical form."""
    signature, public = key.sign(data, _ECDSA), key.public_key()
    return lambda: (
        public.verify(signature, data, _ECDSA),
        etree.tostring(root, method="c14n", exclusive=True),
    )


def encrypt_bare(recipient: ec.EllipticCurvePublicKey, content: bytes) -> Callable[[], object]:
    """One ephemeral key, one agreement, one AES-256-GCM."""

    def encrypt() -> bytes:
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        secret = ephemeral.exchange(ec.ECDH(), recipient)
        return AESGCM(secret[:_CONTENT_KEY_OCTETS]).encrypt(os.urandom(_IV_OCTETS), content, None)

    return encrypt


def decrypt_bare(key: ec.EllipticCurvePrivateKey, content: bytes) -> Callable[[], object]:
    """One agreement, one AES-256-GCM."""
    ephemeral = ec.generate_private_key(ec.SECP256R1()).public_key()
    iv = os.urandom(_IV_OCTETS)
    secret = key.exchange(ec.ECDH(), ephemeral)[:_CONTENT_KEY_OCTETS]
    ciphertext = AESGCM(secret).encrypt(iv, content, None)
    return lambda: AESGCM(key.exchange(ec.ECDH(), ephemeral)[:_CONTENT_KEY_OCTETS]).decrypt(
        iv, ciphertext, None
    )


def validate_bare(schema: str, root: etree._Element) -> Callable[[], object]:
    """One validation by libxml2 alone."""
    with as_file(files("swb_schemas.xsd")) as folder:
        compiled = etree.XMLSchema(etree.parse(folder / schema))
    return lambda: compiled.validate(root)


def walk(root: etree._Element) -> Callable[[], object]:
    """One look at the name and the text of every element."""
    return lambda: [(each.tag, each.text) for each in root.iter()]


def read_bare(payload: bytes) -> Callable[[], object]:
    """XML read by libxml2 alone."""
    return lambda: etree.fromstring(payload)


def write_bare(payload: bytes) -> Callable[[], object]:
    """The same XML written by libxml2 alone."""
    root = etree.fromstring(payload)
    return lambda: etree.tostring(root)


def deliver_bare(path: Path, payload: bytes) -> None:
    """Write a file under another name, sync it, give it its name, and sync its folder."""
    part = f"{path}.part"
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(file, payload)
    os.fsync(file)
    os.close(file)
    os.rename(part, path)  # noqa: PTH104 - the bare call
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def collect_bare(path: Path, aside: Path, note: bytes) -> None:
    """Read a file, write a note under another name, give it its name, and put the file aside."""
    file = os.open(path, os.O_RDONLY)
    os.read(file, os.fstat(file).st_size)
    os.close(file)
    part = f"{aside}.part"
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(file, note)
    os.close(file)
    os.rename(part, f"{aside}.json")  # noqa: PTH104 - the bare call
    os.rename(path, aside)  # noqa: PTH104 - the bare call


class BareTable:
    """A table of octets in a SQLite file, with the durability of a store and nothing else.

    Args:
        file: Where; it is made.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE row (number INTEGER PRIMARY KEY, noted INTEGER, octets BLOB NOT NULL)"
        )

    def insert(self, rows: Sequence[bytes]) -> None:
        """Commit rows together."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_INSERT, [(each,) for each in rows])
        self._connection.execute("COMMIT")

    def read(self, count: int) -> None:
        """Read the last rows, and note in each that it was read, together."""
        self._connection.execute("BEGIN IMMEDIATE")
        rows = self._connection.execute(_READ, (count,)).fetchall()
        self._connection.executemany(_NOTE, [(number,) for number, _ in rows])
        self._connection.execute("COMMIT")

    def note(self, count: int) -> None:
        """Note something in each of the first rows, together."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_NOTE, [(number,) for number in range(1, count + 1)])
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
