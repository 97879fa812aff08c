"""Fingerprints in a gateway: its keys, and what commands need of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from swb.config import resolve_secret
from swb.services.fingerprinting import Fingerprinting
from swb_schemas.fingerprints import parse_fingerprint_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb.config import Config
    from swb.ports import ConnectionSource, MessageStore
    from swb_schemas.fingerprints import FingerprintKey

__all__ = ["build_fingerprinting", "read_fingerprint_keys"]


def read_fingerprint_keys(config: Config) -> Mapping[str, Sequence[FingerprintKey]]:
    """Read the keys by partner, of each the current one first; none without the section.

    Raises:
        RefusedError: ``fingerprint.key_malformed``, ``config.secret``, ``config.secret_exposed``.
    """
    keys: defaultdict[str, list[FingerprintKey]] = defaultdict(list)
    for each in reversed(config.fingerprints.keys if config.fingerprints else ()):
        secret = resolve_secret(each.secret, what=f"the fingerprint key {each.id}")
        key = parse_fingerprint_key(each.id, secret)
        for partner in dict.fromkeys(each.partners):
            keys[partner].append(key)
    return keys


def build_fingerprinting(
    config: Config, store: MessageStore, connections: ConnectionSource
) -> Fingerprinting | None:
    """Build what finds alike certificates; None where no key is configured.

    Raises:
        RefusedError: What `read_fingerprint_keys` raises.
    """
    keys = read_fingerprint_keys(config)
    if not keys:
        return None
    return Fingerprinting(state=config.party.state, store=store, connections=connections, keys=keys)
