"""Whether an auditor's bundle is of the region that a container is from at all.

With another region's bundle nothing in a container can be judged. Its signers are not to blame.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["check_belonging"]

_CERTIFICATE: Final = re.compile(rb"<(?:[\w.-]+:)?X509Certificate>([^<]*)<")
_SIGNED: Final = ("documents/", "messages/")
_UNLISTED: Final = frozenset({"time_stamp.unlisted", "certificate.unlisted", "party.unknown"})


def check_belonging(
    files: Mapping[str, bytes], bundles: Iterable[TrustBundle], codes: Collection[str]
) -> None:
    """Say it once where nothing in a container is by a key of the bundle.

    Args:
        files: Of the container.
        bundles: The auditor's, and lists out of the container under the auditor's roots.
        codes: Why each file was not accepted; empty where one was.

    Raises:
        UndeterminedError: ``trust.other_keys``.
    """
    if not codes or not _UNLISTED.issuperset(codes):
        return
    listed = {
        base64.b64encode(each.certificate.der)
        for bundle in bundles
        for trust_list in bundle.lists.values()
        for entries in trust_list.parties.values()
        for each in entries
    }
    used = {
        b"".join(found.split())
        for name, octets in files.items()
        if name.startswith(_SIGNED)
        for found in _CERTIFICATE.findall(octets)
    }
    if not used & listed:
        message = "no signature is by a key of this bundle: is it the right one?"
        raise UndeterminedError("trust.other_keys", message)
