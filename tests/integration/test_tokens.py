"""Keys in a token that goes away, comes back, has another PIN or other keys."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest
from pkcs11.constants import Attribute, ObjectClass, TokenFlag
from pkcs11.exceptions import PKCS11Error
from structlog.testing import capture_logs

from swb.backends.pkcs11 import KeyName, TokenName, make_token_key, open_library
from swb.backends.pkcs11.token import check_pin_is_safe
from swb.keyring import open_keys
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from tests.contract.key_worlds import PIN, make_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from pkcs11.types import Session

    from swb.backends.pkcs11 import PrivateSoftHsm
    from swb.keyring import KeyRing

OTHER_PIN = "135791"


@pytest.fixture
async def token(softhsm: PrivateSoftHsm, tmp_path: Path) -> dict[Purpose, Any]:
    """A token of its own, with keys."""
    return await make_token(softhsm, tmp_path, token=uuid.uuid4().hex[:16])


async def sign(keys: KeyRing) -> bytes:
    return await keys.signers[Purpose.TRANSPORT].sign(b"data")


async def fails(keys: KeyRing) -> UnavailableError:
    with pytest.raises(UnavailableError) as failure:
        await sign(keys)
    return failure.value


async def by_hand(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any], work: Callable[..., Any]
) -> Any:  # noqa: ANN401 - whatever the work gives
    """Do something in the token as its owner would, with another tool."""
    library = open_library(softhsm.module)

    def do() -> Any:  # noqa: ANN401 - see above
        found = library.find_token(token[Purpose.TRANSPORT].token, None)
        with found.open(rw=True, user_pin=PIN) as session:
            return work(session)

    return await library.run(do, timeout=10)


# --- what never leaves -------------------------------------------------------------------------


async def test_keys_are_made_so_that_nothing_gets_them_out(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any]
) -> None:
    def look(session: Session) -> list[tuple[object, ...]]:
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
        found = []
        for key in session.get_objects(wanted):
            with pytest.raises(PKCS11Error):
                key[Attribute.VALUE]
            names = (Attribute.SENSITIVE, Attribute.EXTRACTABLE, Attribute.SIGN, Attribute.DERIVE)
            found.append((key[Attribute.LABEL], *(key[name] for name in names)))
        return sorted(found)

    assert await by_hand(softhsm, token, look) == [
        ("decryption", True, False, False, True),
        ("transport", True, False, True, False),
    ]


async def test_makes_no_key_under_a_name_that_is_taken(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any]
) -> None:
    name = TokenName(label=token[Purpose.TRANSPORT].token)
    library = open_library(softhsm.module)
    with pytest.raises(RefusedError) as refused:
        await make_token_key(library, name, KeyName(label="transport"), pin=PIN, agrees=False)
    assert refused.value.code == "keys.exist"


# --- away and back -----------------------------------------------------------------------------


async def test_goes_on_when_a_token_comes_back(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any], tmp_path: Path
) -> None:
    away = tmp_path / "drawer"
    async with open_keys(token) as keys:
        await sign(keys)
        softhsm.tokens.rename(away)
        assert (await fails(keys)).code == "signer.unavailable"
        assert (await fails(keys)).code == "signer.unavailable"
        (check,) = keys.checks.values()
        with pytest.raises(UnavailableError):
            await check()
        away.rename(softhsm.tokens)
        await until_back(keys)
        await check()
        (holder,) = keys.agreements.values()
        assert holder.thumbprint
        await sign(keys)


async def until_back(keys: KeyRing) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await sign(keys)
            except UnavailableError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_may_be_away_when_everything_starts(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any], tmp_path: Path
) -> None:
    away = tmp_path / "drawer"
    softhsm.tokens.rename(away)
    try:
        async with open_keys(token) as keys:
            assert (await fails(keys)).code == "signer.unavailable"
            away.rename(softhsm.tokens)
            await until_back(keys)
    finally:
        if away.exists():
            away.rename(softhsm.tokens)


async def test_logs_in_again_after_another_session_logged_out(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any]
) -> None:
    """A login is for all sessions of a process, and so is a logout."""
    async with open_keys(token) as keys, open_keys(token) as others:
        await sign(keys)
        await sign(others)
        library = open_library(softhsm.module)
        session = library.find_token(token[Purpose.TRANSPORT].token, None).open()
        await library.run(session.close, timeout=10)
        async with open_keys(token) as third:
            await sign(third)
        await sign(keys)
        await sign(others)


# --- the PIN -----------------------------------------------------------------------------------


async def test_gives_a_pin_that_was_refused_never_again(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any]
) -> None:
    """The token takes that PIN in the end, and would have locked itself before, elsewhere."""
    wrong = {
        purpose: key.model_copy(update={"pin": "env:SWB_TEST_PIN"})
        for purpose, key in token.items()
    }
    with pytest.MonkeyPatch.context() as patch, capture_logs() as logs:
        patch.setenv("SWB_TEST_PIN", OTHER_PIN)
        async with open_keys(wrong) as keys:
            refused = await fails(keys)
            assert refused.code == "signer.pin_refused"
            assert OTHER_PIN not in str(refused)
            await by_hand(softhsm, token, lambda session: session.set_pin(PIN, OTHER_PIN))
            for _ in range(3):
                assert (await fails(keys)).code == "signer.pin_refused"
        async with open_keys(wrong) as keys:
            await sign(keys)
    assert logs
    assert OTHER_PIN not in str(logs)


@pytest.mark.parametrize(
    ("flags", "safe"),
    [
        (TokenFlag.USER_PIN_INITIALIZED, True),
        (TokenFlag.USER_PIN_COUNT_LOW, True),
        (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY, False),
        (TokenFlag.USER_PIN_LOCKED, False),
    ],
    ids=["no wrong one yet", "a wrong one", "the last try", "locked"],
)
def test_gives_no_pin_that_could_lock_the_token(flags: TokenFlag, safe: bool) -> None:
    if safe:
        check_pin_is_safe(flags, "'TH'")
        return
    with pytest.raises(UnavailableError) as failure:
        check_pin_is_safe(flags, "'TH'")
    assert failure.value.code == "signer.pin_refused"


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"label": "no such key"}, "one private key 'no such key'", id="no key"),
        pytest.param({"label": "decryption"}, "one that signs", id="a key for something else"),
        pytest.param({"token": "no such token"}, "a token 'no such token'", id="no token"),
        pytest.param({"label": None, "id": "0a"}, "one private key id 0a", id="no key by id"),
    ],
)
async def test_says_what_it_did_not_find(
    token: dict[Purpose, Any], change: dict[str, Any], expected: str
) -> None:
    other = {Purpose.TRANSPORT: token[Purpose.TRANSPORT].model_copy(update=change)}
    async with open_keys(other) as keys:
        failure = await fails(keys)
    assert failure.code == "signer.unavailable"
    assert expected in failure.message


async def test_says_that_a_library_is_none(token: dict[Purpose, Any], tmp_path: Path) -> None:
    (tmp_path / "library.so").write_text("no library")
    change = {"module": tmp_path / "library.so"}
    other = {Purpose.TRANSPORT: token[Purpose.TRANSPORT].model_copy(update=change)}
    with pytest.raises(SwbError) as failure:
        async with open_keys(other) as keys:
            await sign(keys)
    assert failure.value.code == "signer.unavailable"
    assert "library.so" in failure.value.message


async def test_finds_a_token_by_its_serial_number(
    softhsm: PrivateSoftHsm, token: dict[Purpose, Any]
) -> None:
    library = open_library(softhsm.module)
    label = token[Purpose.TRANSPORT].token
    found = await library.run(lambda: library.find_token(label, None), timeout=10)
    change = {"token": None, "serial": found.serial.decode()}
    by_serial = {purpose: key.model_copy(update=change) for purpose, key in token.items()}
    async with open_keys(by_serial) as keys:
        await sign(keys)
