"""Makes a live RabbitMQ what the description says, by its management API, and says what differs.

In the right order and in one request, so that it can be repeated after whatever stopped it.
Nothing that holds messages is ever deleted: a queue, an exchange or a vhost too many is named, and
left to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.backends.rabbitmq.description import Kind, describe_region, to_definitions
from swb.backends.rabbitmq.differences import State, find_differences, read_definitions
from swb.backends.rabbitmq.users import SALT_OCTETS, hash_password, is_hash_of
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from swb.backends.rabbitmq.description import RegionPlan, Thing
    from swb.backends.rabbitmq.differences import Difference
    from swb.backends.rabbitmq.management import ManagementApi

__all__ = ["Applied", "apply_plan", "compare_plan", "hash_passwords"]

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done.

    Attributes:
        made: What was made or changed.
        removed: What was too much, and is gone.
        left: What differs still: things too many.
    """

    made: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    left: tuple[Difference, ...]


def hash_passwords(
    passwords: Mapping[str, str],
    found: Sequence[Thing],
    draw: Callable[[int], bytes],
) -> dict[str, str]:
    """Hash passwords: what RabbitMQ has already stays as it is, anything else is salted anew.

    Args:
        passwords: By user.
        found: What RabbitMQ has.
        draw: Draws so many octets for a salt.
    """
    known = {
        thing.identity[0]: str(thing.properties.get("password_hash") or "")
        for thing in found
        if thing.kind is Kind.USER
    }
    return {
        user: known[user]
        if is_hash_of(known.get(user, ""), password)
        else hash_password(password, draw(SALT_OCTETS))
        for user, password in passwords.items()
    }


async def compare_plan(
    api: ManagementApi,
    plan: RegionPlan,
    *,
    passwords: Mapping[str, str],
    operators: Sequence[str],
    draw: Callable[[int], bytes],
) -> tuple[Difference, ...]:
    """Find in what RabbitMQ is not what the plan says. Changes nothing.

    Args:
        api: With an administrator's rights.
        plan: Who there is.
        passwords: By user, for those who have one.
        operators: Who administers, beside the user of `api`.
        draw: Draws so many octets for a salt.

    Raises:
        RefusedError: ``management.*``, ``topology.*``.
        UnavailableError: ``management.*``.
    """
    found = read_definitions(await api.fetch_definitions())
    expected = describe_region(plan, hashes=hash_passwords(passwords, found, draw))
    return find_differences(expected, found, operators=[api.user, *operators])


async def apply_plan(
    api: ManagementApi,
    plan: RegionPlan,
    *,
    passwords: Mapping[str, str],
    operators: Sequence[str],
    draw: Callable[[int], bytes],
    prune: bool = False,
) -> Applied:
    """Make RabbitMQ what the plan says; applied again, it does nothing.

    Args:
        api: With an administrator's rights.
        plan: Who there is.
        passwords: By user, for those who have one.
        operators: Who administers, beside the user of `api`.
        draw: Draws so many octets for a salt.
        prune: Whether permissions, limits, policies and bindings beyond the plan go.

    Raises:
        RefusedError: ``topology.fixed``: something is there with properties that cannot be
            changed, and nothing was done; ``topology.differs``: RabbitMQ took everything, and
            something is not as it should be nevertheless; ``management.*``, ``topology.*``.
        UnavailableError: ``management.*``.
    """
    before = await compare_plan(api, plan, passwords=passwords, operators=operators, draw=draw)
    if fixed := [each for each in before if each.is_fixed]:
        raise RefusedError(
            "topology.fixed",
            "expected what can be changed while it is there, found "
            + "; ".join(f"{each.thing.name}: {', '.join(each.details)}" for each in fixed[:_SHOWN]),
            actor=Actor.OPERATOR,
        )
    made = tuple(each for each in before if each.state is not State.EXTRA)
    if made:
        await api.import_definitions(to_definitions(each.thing for each in made))
    removed = tuple(each for each in before if prune and each.is_removable)
    for each in removed:
        await api.remove(each.thing)
    left = before
    if made or removed:
        left = await compare_plan(api, plan, passwords=passwords, operators=operators, draw=draw)
    if wrong := [each for each in left if each.state is not State.EXTRA]:
        raise RefusedError(
            "topology.differs",
            "expected RabbitMQ to hold what it took, found otherwise: "
            + "; ".join(each.thing.name for each in wrong[:_SHOWN]),
            actor=Actor.OPERATOR,
        )
    return Applied(made=made, removed=removed, left=left)
