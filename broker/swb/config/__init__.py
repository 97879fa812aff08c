"""What one daemon is told: a TOML file, read whole, refused by name where it is wrong.

Relative paths are taken from the folder of the file, those of secrets too. Secrets stand in it by
reference only: ``env:NAME``, ``file:PATH`` or ``prompt``, which asks at the terminal.
"""

from swb.config.api import ApiConfig
from swb.config.evidence import ApprovalsConfig, AuditConfig, EvidenceConfig
from swb.config.fingerprints import FingerprintKeyConfig, FingerprintsConfig
from swb.config.keys import (
    SECRET_REFERENCE,
    FileKeyConfig,
    KeyConfig,
    Pkcs11KeyConfig,
    Pkcs12KeyConfig,
    RemoteKeyConfig,
)
from swb.config.ledger import LedgerConfig, WitnessConfig
from swb.config.loading import load_config, load_signer_config, load_topology
from swb.config.model import (
    SECTION_ROLES,
    AuthorityConfig,
    Config,
    ConnectionsConfig,
    EmbeddedTransportConfig,
    HealthConfig,
    LimitsConfig,
    PartyConfig,
    RabbitTransportConfig,
    Role,
    RolesConfig,
    StoreConfig,
)
from swb.config.national import CommandConfig, NationalConfig, SftpConfig, WebhookConfig
from swb.config.overview import OverviewConfig
from swb.config.quotas import QuotaConfig, QuotasConfig
from swb.config.reconciliation import ReconciliationConfig
from swb.config.retention import RetentionConfig
from swb.config.secrets import SecretReader, resolve_secret, resolve_signing_secret
from swb.config.signer import (
    ClientConfig,
    ListenConfig,
    SignerConfig,
    SignerLimitsConfig,
)
from swb.config.telemetry import TelemetryConfig
from swb.config.topology import (
    DefaultsConfig,
    LinkConfig,
    ManagementConfig,
    MemberConfig,
    QueueCeilingConfig,
    RouterConfig,
    TopologyConfig,
    TopologyFile,
)
from swb.config.trust import RevocationConfig, TrustConfig

__all__ = [
    "SECRET_REFERENCE",
    "SECTION_ROLES",
    "ApiConfig",
    "ApprovalsConfig",
    "AuditConfig",
    "AuthorityConfig",
    "ClientConfig",
    "CommandConfig",
    "Config",
    "ConnectionsConfig",
    "DefaultsConfig",
    "EmbeddedTransportConfig",
    "EvidenceConfig",
    "FileKeyConfig",
    "FingerprintKeyConfig",
    "FingerprintsConfig",
    "HealthConfig",
    "KeyConfig",
    "LedgerConfig",
    "LimitsConfig",
    "LinkConfig",
    "ListenConfig",
    "ManagementConfig",
    "MemberConfig",
    "NationalConfig",
    "OverviewConfig",
    "PartyConfig",
    "Pkcs11KeyConfig",
    "Pkcs12KeyConfig",
    "QueueCeilingConfig",
    "QuotaConfig",
    "QuotasConfig",
    "RabbitTransportConfig",
    "ReconciliationConfig",
    "RemoteKeyConfig",
    "RetentionConfig",
    "RevocationConfig",
    "Role",
    "RolesConfig",
    "RouterConfig",
    "SecretReader",
    "SftpConfig",
    "SignerConfig",
    "SignerLimitsConfig",
    "StoreConfig",
    "TelemetryConfig",
    "TopologyConfig",
    "TopologyFile",
    "TrustConfig",
    "WebhookConfig",
    "WitnessConfig",
    "load_config",
    "load_signer_config",
    "load_topology",
    "resolve_secret",
    "resolve_signing_secret",
]
