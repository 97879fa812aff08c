"""What one daemon is told: a TOML file, read whole, refused by name where it is wrong.

Relative paths are taken from the folder of the file, those of secrets too. Secrets stand in it by
reference only: ``env:NAME`` or ``file:PATH``.
"""

from swb.config.loading import load_config, resolve_secret
from swb.config.model import (
    ApprovalsConfig,
    AuditConfig,
    AuthorityConfig,
    Config,
    ConnectionsConfig,
    EmbeddedTransportConfig,
    EvidenceConfig,
    HealthConfig,
    KeyConfig,
    LimitsConfig,
    NationalConfig,
    PartyConfig,
    RabbitTransportConfig,
    Role,
    RolesConfig,
    StoreConfig,
    TrustConfig,
)

__all__ = [
    "ApprovalsConfig",
    "AuditConfig",
    "AuthorityConfig",
    "Config",
    "ConnectionsConfig",
    "EmbeddedTransportConfig",
    "EvidenceConfig",
    "HealthConfig",
    "KeyConfig",
    "LimitsConfig",
    "NationalConfig",
    "PartyConfig",
    "RabbitTransportConfig",
    "Role",
    "RolesConfig",
    "StoreConfig",
    "TrustConfig",
    "load_config",
    "resolve_secret",
]
