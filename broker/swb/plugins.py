"""Which adapters are installed: the entry point groups ``swb.adapters.vN``, and nothing else.

First-party adapters come through the same door as foreign ones. A group's name ends with the
version of the contract that its adapters were written for (`swb_adapters.sdk.API`), so one of
another version is told from its metadata, and none of its code is run; the group without a version
is that of version 1 (``docs/adr/adapter-api-version.md``). A plug-in that cannot be loaded or does
not keep the contract is named with its distribution and the reason, and skipped, because the other
adapters have to go on: a gateway that is configured to use it does not start. Two plug-ins of one
name are both rejected, because nobody could tell which of them read a document; whoever asks for
that name is refused, and all other adapters go on. Loading a plug-in runs its code: who may install
distributions beside the broker decides which adapters it has.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import API, Adapter, AdapterInfo
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["GROUP", "Discovery", "InstalledAdapter", "RejectedPlugin", "discover_adapters"]

GROUP: Final = f"swb.adapters.v{API}"
"""Entry point group of adapters for this version of the contract."""

_GROUP: Final = re.compile(r"swb\.adapters(?:\.v(\d{1,4}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledAdapter:
    """An adapter that can be used.

    Attributes:
        adapter: The adapter itself.
        distribution: Name of the distribution that brings it; empty when it is unknown.
        distribution_version: Its version.
        target: What the entry point names, ``module:object``.
    """

    adapter: Adapter
    distribution: str
    distribution_version: str
    target: str = ""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return self.adapter.info


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedPlugin:
    """A plug-in that is installed and not used.

    Attributes:
        name: Of its entry point.
        target: What the entry point names, ``module:object``.
        distribution: Name of the distribution that brings it.
        reason: What was expected and what was found, with the distribution's name.
        code: With which whoever asks for it is refused.
    """

    name: str
    target: str
    distribution: str
    reason: str
    code: str = "adapter.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found.

    Attributes:
        adapters: By name.
        rejected: By name.
    """

    adapters: tuple[InstalledAdapter, ...]
    rejected: tuple[RejectedPlugin, ...]

    def get(self, name: str) -> Adapter:
        """Get an adapter by name.

        Raises:
            RefusedError: ``adapter.unknown``; where a plug-in of that name was rejected, with the
                reason. ``adapter.name_twice``: two plug-ins have that name.
        """
        for installed in self.adapters:
            if installed.info.name == name:
                return installed.adapter
        for plugin in self.rejected:
            if plugin.name == name:
                message = f"expected a usable adapter {name!r}; {plugin.reason}"
                raise RefusedError(plugin.code, message, actor=Actor.OPERATOR)
        known = ", ".join(installed.info.name for installed in self.adapters) or "none installed"
        message = f"expected the name of an installed adapter ({known}), found {name[:60]!r}"
        raise RefusedError("adapter.unknown", message, actor=Actor.OPERATOR)


def discover_adapters(
    points: Iterable[EntryPoint] | None = None, *, names: Collection[str] | None = None
) -> Discovery:
    """Load every adapter that is installed, or those of some names.

    Args:
        points: Entry points to look at instead of those of the installed distributions.
        names: Load only these, which saves the time that importing the others takes. Where one of
            them is not installed, all are loaded: whoever asks is told what there is.
    """
    found = sorted(
        _list_points() if points is None else points, key=lambda point: (point.name, point.group)
    )
    if names is not None and set(names) <= {point.name for point in found}:
        found = [point for point in found if point.name in names]
    counted = Counter(point.name for point in found)
    adapters: list[InstalledAdapter] = []
    rejected: list[RejectedPlugin] = [
        _reject_double(point, found) for point in found if counted[point.name] > 1
    ]
    for point in found:
        if counted[point.name] > 1:
            continue
        distribution, version = _describe_distribution(point)
        try:
            adapter = _load(point)
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and only it is dropped
            whose = f"{distribution} {version}".strip() or "an unknown distribution"
            reason = f"{whose}: {type(error).__name__}: {str(error)[:300]}{_place(error, point)}"
            rejected.append(
                RejectedPlugin(
                    name=point.name, target=point.value, distribution=distribution, reason=reason
                )
            )
        else:
            adapters.append(
                InstalledAdapter(
                    adapter=adapter,
                    distribution=distribution,
                    distribution_version=version,
                    target=point.value,
                )
            )
    return Discovery(adapters=tuple(adapters), rejected=tuple(rejected))


def _place(error: Exception, point: EntryPoint) -> str:
    """Tell which line of the plug-in's own code was being executed; nothing where none was."""
    package = point.module.partition(".")[0]
    lines = [
        (Path(frame.f_code.co_filename).name, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package
    ]
    return " ({}, line {})".format(*lines[-1]) if lines else ""


def _list_points() -> list[EntryPoint]:
    installed = entry_points()
    return [
        point
        for group in installed.groups
        if _GROUP.fullmatch(group)
        for point in installed.select(group=group)
    ]


def _reject_double(double: EntryPoint, points: list[EntryPoint]) -> RejectedPlugin:
    sources = ", ".join(
        f"{_describe_distribution(point)[0] or 'unknown'} ({point.value})"
        for point in points
        if point.name == double.name
    )
    return RejectedPlugin(
        name=double.name,
        target=double.value,
        distribution=_describe_distribution(double)[0],
        reason=f"expected one adapter {double.name!r}, found it in {sources}",
        code="adapter.name_twice",
    )


def _describe_distribution(point: EntryPoint) -> tuple[str, str]:
    return ("", "") if point.dist is None else (point.dist.name, point.dist.version)


def _load(point: EntryPoint) -> Adapter:
    """Load a plug-in and hold it to what can be seen of the contract without calling it.

    Raises:
        TypeError: It is no adapter.
        ValueError: It is for another version of the contract, or describes itself wrongly.
    """
    match = _GROUP.fullmatch(point.group)
    version = int(match[1] or 1) if match else 0
    if version != API:
        msg = f"expected an adapter for version {API} of the contract, found version {version}"
        raise ValueError(msg)
    loaded = point.load()
    if isinstance(loaded, type):
        msg = f"expected an object with info, to_canonical and from_canonical, found {loaded!r}"
        raise TypeError(msg)
    for verb in ("to_canonical", "from_canonical"):
        _check_verb(loaded, verb)
    if not isinstance(loaded, Adapter):
        msg = f"expected an object with info, found {type(loaded).__name__}"
        raise TypeError(msg)
    info = loaded.info
    if not isinstance(info, AdapterInfo):
        msg = f"expected info to be an AdapterInfo, found {type(info).__name__}"
        raise TypeError(msg)
    if info.name != point.name:
        msg = f"expected info to have the entry point's name {point.name!r}, found {info.name!r}"
        raise ValueError(msg)
    for message in info.messages:
        entry = CATALOGUE.get(message.message_type)
        if entry is None or entry.model is not message.model:
            msg = f"expected a message type of the catalogue, found {message.message_type!r}"
            raise ValueError(msg)
    return loaded


def _check_verb(loaded: object, verb: str) -> None:
    """Require a method that takes exactly one argument; one without a signature is believed."""
    method = getattr(loaded, verb, None)
    if not callable(method):
        found = "none" if method is None else type(method).__name__
        msg = f"expected an object with info, to_canonical and from_canonical: {verb} is {found}"
        raise TypeError(msg)
    if inspect.iscoroutinefunction(method):
        msg = f"expected a plain method {verb}, found an asynchronous one"
        raise TypeError(msg)
    try:
        inspect.signature(method).bind(b"")
    except TypeError as cause:
        msg = f"expected a method {verb} of one argument, found another signature"
        raise TypeError(msg) from cause
    except ValueError:
        return
