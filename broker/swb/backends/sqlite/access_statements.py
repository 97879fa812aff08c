"""Statements of `swb.backends.sqlite.access`."""

from __future__ import annotations

from typing import Final

CREDENTIAL: Final = (
    "credential_id, kind, digest, name, state, roles, created_at, expires_at, revoked_at, used_at"
)
ADD_CREDENTIAL: Final = (
    f"INSERT INTO credentials ({CREDENTIAL}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
    "ON CONFLICT DO NOTHING"
)
SHORTEN_CREDENTIAL: Final = (
    "UPDATE credentials SET expires_at = min(expires_at, ?) WHERE credential_id = ?"
)
FIND_CREDENTIAL: Final = f"SELECT {CREDENTIAL} FROM credentials WHERE credential_id = ?"  # noqa: S608 - a constant
FIND_CERTIFICATE: Final = (
    f"SELECT {CREDENTIAL} FROM credentials WHERE digest = ? AND kind = 'certificate'"  # noqa: S608 - a constant
)
REVOKE_CREDENTIAL: Final = (
    "UPDATE credentials SET revoked_at = ? WHERE credential_id = ? AND revoked_at IS NULL"
)
NOTE_CREDENTIAL_USE: Final = (
    "UPDATE credentials SET used_at = max(coalesce(used_at, 0), ?) WHERE credential_id = ?"
)
LIST_CREDENTIALS: Final = f"SELECT {CREDENTIAL} FROM credentials ORDER BY created_at, credential_id"  # noqa: S608 - a constant

USER: Final = "name, state, roles, password_hash, created_at, password_set_at, disabled_at"
ADD_USER: Final = f"INSERT INTO users ({USER}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608 - a constant
CHANGE_USER: Final = """
UPDATE users SET state = ?, roles = ?, password_hash = ?, password_set_at = ?, disabled_at = ?
WHERE name = ?
"""
FIND_USER: Final = f"SELECT {USER} FROM users WHERE name = ?"  # noqa: S608 - a constant
LIST_USERS: Final = f"SELECT {USER} FROM users ORDER BY name"  # noqa: S608 - a constant

ADD_SESSION: Final = "INSERT INTO sessions (digest, name, begun_at, seen_at) VALUES (?, ?, ?, ?)"
FORGET_SESSIONS: Final = "DELETE FROM sessions WHERE begun_at < ?"
FIND_SESSION: Final = (
    "SELECT digest, sessions.name, begun_at, seen_at, "
    "users.name, state, roles, password_hash, created_at, password_set_at, disabled_at "
    "FROM sessions JOIN users ON users.name = sessions.name WHERE digest = ?"
)
NOTE_SESSION_USE: Final = "UPDATE sessions SET seen_at = max(seen_at, ?) WHERE digest = ?"
END_SESSION: Final = "DELETE FROM sessions WHERE digest = ?"
END_SESSIONS_OF: Final = "DELETE FROM sessions WHERE name = ?"

REQUEST: Final = "owner, key, fingerprint, begun_at, status, media_type, location, content"
FORGET_REQUESTS: Final = "DELETE FROM requests WHERE begun_at < ?"
BEGIN_REQUEST: Final = f"""
INSERT INTO requests ({REQUEST}) VALUES (?, ?, ?, ?, NULL, '', '', x'')
ON CONFLICT (owner, key) DO UPDATE SET begun_at = excluded.begun_at
WHERE status IS NULL AND fingerprint = excluded.fingerprint AND begun_at < ?
"""  # noqa: S608 - a constant
FIND_REQUEST: Final = f"SELECT {REQUEST} FROM requests WHERE owner = ? AND key = ?"  # noqa: S608 - a constant
END_REQUEST: Final = """
UPDATE requests SET status = ?, media_type = ?, location = ?, content = ?
WHERE owner = ? AND key = ?
"""
FORGET_REQUEST: Final = "DELETE FROM requests WHERE owner = ? AND key = ?"

DRAFT: Final = "draft_id, owner, title, content, version, changed_at"
ADD_DRAFT: Final = f"INSERT INTO drafts ({DRAFT}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608 - a constant
CHANGE_DRAFT: Final = """
UPDATE drafts SET title = ?, content = ?, version = ?, changed_at = ?
WHERE draft_id = ? AND owner = ? AND version = ?
"""
FIND_DRAFT: Final = f"SELECT {DRAFT} FROM drafts WHERE draft_id = ? AND owner = ?"  # noqa: S608 - a constant
LIST_DRAFTS: Final = (
    f"SELECT {DRAFT} FROM drafts WHERE owner = ? ORDER BY changed_at DESC, draft_id LIMIT ?"  # noqa: S608 - a constant
)
FORGET_DRAFTS: Final = "DELETE FROM drafts WHERE changed_at < ?"
REMOVE_DRAFT: Final = "DELETE FROM drafts WHERE draft_id = ? AND owner = ?"

LEASE: Final = (
    "document_id, lease_id, owner, message_type, message_id, message_digest, attempts, ends_at, "
    "acknowledged_at"
)
KEEP_LEASE: Final = f"INSERT OR REPLACE INTO leases ({LEASE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
FORGET_LEASES: Final = "DELETE FROM leases WHERE ends_at < ?"
FIND_LEASE: Final = f"SELECT {LEASE} FROM leases WHERE document_id = ?"  # noqa: S608 - a constant

ENTITLE: Final = """
INSERT INTO entitlements (owner, certificate_key, until)
SELECT :owner, :certificate_key, :until
WHERE EXISTS (
    SELECT 1 FROM entitlements WHERE owner = :owner AND certificate_key = :certificate_key
) OR (SELECT count(*) FROM entitlements WHERE owner = :owner) < :most
ON CONFLICT (owner, certificate_key) DO UPDATE SET until = excluded.until
"""
FORGET_ENTITLEMENTS: Final = "DELETE FROM entitlements WHERE owner = :owner AND until <= :at"
END_ENTITLEMENT: Final = "DELETE FROM entitlements WHERE owner = ? AND certificate_key = ?"
LIST_ENTITLEMENTS: Final = """
SELECT certificate_key FROM entitlements WHERE owner = ? AND until > ? ORDER BY certificate_key
"""
LIST_TOLD: Final = "SELECT certificate_key, told FROM entitlements WHERE owner = ?"
KEEP_TOLD: Final = "UPDATE entitlements SET told = ? WHERE owner = ? AND certificate_key = ?"
