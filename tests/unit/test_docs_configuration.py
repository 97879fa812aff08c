"""The page on the configuration is made of the configuration's models.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_configuration.py`` writes it anew.
"""

from __future__ import annotations

import inspect
import os
import re
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from swb import config
from swb.config import Config, SignerConfig, TopologyFile, load_config
from swb_schemas.connections import parse_connections
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic.fields import FieldInfo

PAGE = ROOT / "docs" / "reference" / "configuration.md"

HEAD = """\
# Configuration

One TOML file describes one daemon; `swb run` takes one or several. This page is made of the code
(`swb.config`). Relative paths are taken from the folder of the file. A secret stands in it by
reference only: `env:NAME`, `file:PATH`, or, for passphrases and PINs, `prompt`, which asks once at
the start, at a terminal. A file with a secret that every user of the machine may read is refused.
An unknown key is refused by name, with the nearest known one. A section that would change nothing,
because none of its roles runs, is refused by the names of these. Working examples are in
`examples/region`.

| section | roles |
|---|---|
""" + "".join(
    f"| `[{section}]` | {', '.join(f'`{role}`' for role in roles)} |\n"
    for section, roles in config.SECTION_ROLES.items()
)

RETIRED = """
## [[retired_decryption]]

Decryption keys before the one in `[keys.decryption]`, each with the keys of one of the kinds above.
Messages are protected for the key that the trust list names last; one that was on its way when the
key was replaced is opened by a retired one. Keep it for as long as messages live (30 days by the
catalogue, 90 at most) after the last list without its successor has expired.
"""

SIGNER_HEAD = """
# Configuration of a signer

`swb signer` reads a file of its own, with `[keys.PURPOSE]` and `[[retired_decryption]]` as above
but for `kind = "remote"`, and these sections. See `docs/how-to/keep-keys-apart.md`.
"""

SECTIONS = (
    ("party", config.PartyConfig),
    ("roles", config.RolesConfig),
    ("store", config.StoreConfig),
    ('transport (kind = "embedded")', config.EmbeddedTransportConfig),
    ('transport (kind = "rabbitmq")', config.RabbitTransportConfig),
    ("trust", config.TrustConfig),
    ("trust.revocation", config.RevocationConfig),
    ('keys.PURPOSE (kind = "file")', config.FileKeyConfig),
    ('keys.PURPOSE (kind = "pkcs12")', config.Pkcs12KeyConfig),
    ('keys.PURPOSE (kind = "pkcs11")', config.Pkcs11KeyConfig),
    ('keys.PURPOSE (kind = "remote")', config.RemoteKeyConfig),
    ("national", config.NationalConfig),
    ("national.commands.NAME", config.CommandConfig),
    ("national.webhook", config.WebhookConfig),
    ("national.sftp", config.SftpConfig),
    ("connections", config.ConnectionsConfig),
    ("topology", config.TopologyConfig),
    ("authority", config.AuthorityConfig),
    ("audit", config.AuditConfig),
    ("approvals", config.ApprovalsConfig),
    ("evidence", config.EvidenceConfig),
    ("ledger", config.LedgerConfig),
    ("witness", config.WitnessConfig),
    ("quotas", config.QuotasConfig),
    ("quotas.every", config.QuotaConfig),
    ("reconciliation", config.ReconciliationConfig),
    ("overview", config.OverviewConfig),
    ("retention", config.RetentionConfig),
    ("fingerprints", config.FingerprintsConfig),
    ("fingerprints.keys", config.FingerprintKeyConfig),
    ("health", config.HealthConfig),
    ("api", config.ApiConfig),
    ("telemetry", config.TelemetryConfig),
    ("limits", config.LimitsConfig),
)

SIGNER_SECTIONS = (
    ("[listen]", config.ListenConfig),
    ("[[client]]", config.ClientConfig),
    ("[limits]", config.SignerLimitsConfig),
)

TOPOLOGY_HEAD = """
# Configuration of a region's message broker

`swb topology` reads a file of its own, which `[topology] file` of the router's configuration names.
Who the members are is not in it: that is the table of connections. See
`docs/how-to/set-up-rabbitmq.md`.

| key | default | meaning |
|---|---|---|
| `operators` | none | Users who administer the server, beside the one of `[management]`. |
"""

TOPOLOGY_SECTIONS = (
    ("[management]", config.ManagementConfig),
    ("[[router]]", config.RouterConfig),
    ("[member.STATE]", config.MemberConfig),
    ("[defaults]", config.DefaultsConfig),
    ("[link]", config.LinkConfig),
    ("[ceiling]", config.QueueCeilingConfig),
)
ALL_SECTIONS = (*SECTIONS, *SIGNER_SECTIONS, *TOPOLOGY_SECTIONS)


def describe(model: type[BaseModel]) -> tuple[str, dict[str, str]]:
    """First line of a model's docstring, and what it says of each attribute."""
    text = inspect.cleandoc(model.__doc__ or "")
    about, _, attributes = text.partition("Attributes:")
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE)
    return about.strip().replace("``", "`"), {
        name: " ".join(said.split()).replace("``", "`") for name, said in found
    }


def default_of(field: FieldInfo) -> str:
    """How a default is written in TOML."""
    if field.is_required():
        return "required"
    if field.default is None or field.default_factory is not None:
        return "none"
    if isinstance(field.default, BaseModel):
        return "its own"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f'`"{field.default}"`' if isinstance(field.default, str) else f"`{field.default}`"


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, model in SECTIONS:
        parts.append(render_section(f"[{name}]", model))
        if model is config.RemoteKeyConfig:
            parts.append(RETIRED)
    parts.append(SIGNER_HEAD)
    parts += [render_section(name, model) for name, model in SIGNER_SECTIONS]
    parts.append(TOPOLOGY_HEAD)
    parts += [render_section(name, model) for name, model in TOPOLOGY_SECTIONS]
    return "".join(parts)


def render_section(name: str, model: type[BaseModel]) -> str:
    """One section and its table."""
    about, attributes = describe(model)
    text = f"\n## {name}\n\n{about}\n\n| key | default | meaning |\n|---|---|---|\n"
    for name_of_field, field in model.model_fields.items():
        key = field.alias or name_of_field
        text += f"| `{key}` | {default_of(field)} | {attributes.get(key, '')} |\n"
    return text


def test_the_page_is_up_to_date() -> None:
    page = render()
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_every_section_is_on_the_page() -> None:
    sections = {name.partition(" ")[0].partition(".")[0] for name, _ in SECTIONS}
    assert sections | {"retired_decryption"} == set(Config.model_fields)
    of_signers = {name.strip("[]") for name, _ in SIGNER_SECTIONS}
    assert of_signers | {"keys", "retired_decryption"} == set(SignerConfig.model_fields)
    of_topology = {name.strip("[]").partition(".")[0] for name, _ in TOPOLOGY_SECTIONS}
    assert of_topology | {"operators"} == set(TopologyFile.model_fields)


@pytest.mark.parametrize(("name", "model"), ALL_SECTIONS, ids=[name for name, _ in ALL_SECTIONS])
def test_every_key_is_explained(name: str, model: type[BaseModel]) -> None:
    del name
    _, attributes = describe(model)
    assert set(attributes) == {field.alias or key for key, field in model.model_fields.items()}


@pytest.mark.parametrize(
    "file",
    sorted(
        [*(ROOT / "examples").rglob("*.toml"), *(ROOT / "deploy/container/config").glob("*.toml")]
    ),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_example_is_valid(file: Path) -> None:
    if file.name == "connections.toml":
        assert parse_connections(file.read_bytes()).members
    else:
        assert load_config(file).party.state
