"""One token: found by name, logged in to once, found again after it was away.

What goes wrong is *unavailable*, whatever a token calls it, and a new session is tried at the next
call. The exception is the PIN: one that a token refused is never given again by this process, so
that no retrying locks the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar, cast

import structlog
from pkcs11.constants import ObjectClass, TokenFlag
from pkcs11.exceptions import (
    MultipleObjectsReturned,
    MultipleTokensReturned,
    NoSuchKey,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    UserAlreadyLoggedIn,
    UserPinNotInitialized,
)

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkcs11.types import PrivateKey, Session

    from swb.backends.pkcs11.library import TokenLibrary

__all__ = ["KeyName", "TokenName", "TokenSession", "check_pin_is_safe"]

_log = structlog.get_logger("swb.pkcs11")

_T = TypeVar("_T")
_OF_THE_PIN: Final = (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    UserPinNotInitialized,
)
_OF_THE_NAME: Final = (MultipleObjectsReturned, MultipleTokensReturned, NoSuchKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenName:
    """Which token.

    Attributes:
        label: Its label; None where the serial number is enough.
        serial: Its serial number.
    """

    label: str | None = None
    serial: str | None = None

    def __str__(self) -> str:
        return repr(self.label or self.serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyName:
    """Which private key of a token.

    Attributes:
        label: Its label; None where the identifier is enough.
        id: Its identifier.
    """

    label: str | None = None
    id: bytes | None = None

    def __str__(self) -> str:
        return repr(self.label) if self.label else f"id {(self.id or b'').hex()}"


class TokenSession:
    """The session with one token that all its keys share; it opens when it is first needed.

    Args:
        library: Which calls the token.
        name: The token.
        pin: The user's.
        timeout: Seconds that an operation may take.
    """

    def __init__(
        self, library: TokenLibrary, name: TokenName, *, pin: str, timeout: float = 10
    ) -> None:
        self._library = library
        self._name = name
        self._pin = pin
        self._timeout = timeout
        self._session: Session | None = None
        self._generation = -1
        self._keys: dict[KeyName, PrivateKey] = {}
        self._pin_was_refused = False

    async def use(self, name: KeyName, operation: Callable[[PrivateKey], _T]) -> _T:
        """Do something with a private key.

        Args:
            name: The key.
            operation: Called on the library's thread; a second time with a new session, where
                the one at hand turns out to be gone.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.pin_refused``; or what the
                operation raises.
        """
        return await self._library.run(lambda: self._use(name, operation), timeout=self._timeout)

    async def ping(self) -> None:
        """Require that the token is there and takes the PIN.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.pin_refused``.
        """
        await self._library.run(self._ping, timeout=self._timeout)

    async def close(self) -> None:
        """Log out and end the session; safe to repeat."""
        await self._library.run(self._drop, timeout=self._timeout)

    def __repr__(self) -> str:
        return f"TokenSession({self._name})"

    # --- on the library's thread -----------------------------------------------------------

    def _use(self, name: KeyName, operation: Callable[[PrivateKey], _T]) -> _T:
        was_open = self._is_open()
        try:
            return operation(self._find_key(name))
        except PKCS11Error as cause:
            self._drop()
            if not was_open:
                raise self._explain(cause, name) from cause
            _log.warning("token_session_lost", token=str(self._name), error=type(cause).__name__)
        try:
            return operation(self._find_key(name))
        except PKCS11Error as cause:
            self._drop()
            raise self._explain(cause, name) from cause

    def _ping(self) -> None:
        try:
            if self._is_open():
                self._library.find_token(self._name.label, self._name.serial)
            else:
                self._session = self._open()
        except PKCS11Error as cause:
            self._drop()
            raise self._explain(cause) from cause

    def _is_open(self) -> bool:
        return self._session is not None and self._generation == self._library.generation

    def _find_key(self, name: KeyName) -> PrivateKey:
        session = self._session if self._is_open() else None
        if session is None:
            session = self._session = self._open()
        if name not in self._keys:
            found = session.get_key(
                object_class=ObjectClass.PRIVATE_KEY, label=name.label, id=name.id
            )
            self._keys[name] = cast("PrivateKey", found)
        return self._keys[name]

    def _open(self) -> Session:
        self._keys.clear()
        self._session = None
        token = self._library.find_token(self._name.label, self._name.serial)
        if self._pin_was_refused:
            raise self._refuse_pin()
        check_pin_is_safe(token.flags, str(self._name))
        try:
            session = token.open(user_pin=self._pin)
        except UserAlreadyLoggedIn:
            # Another session of this process did; a login is for all of them.
            session = token.open()
        except _OF_THE_PIN as cause:
            self._pin_was_refused = True
            raise self._refuse_pin() from cause
        self._generation = self._library.generation
        _log.info("token_session_opened", token=str(self._name))
        return session

    def _drop(self) -> None:
        session, usable = self._session, self._is_open()
        self._session = None
        self._keys.clear()
        if session is not None and usable:
            try:
                session.close()
            except PKCS11Error:
                _log.debug("token_session_not_closed", token=str(self._name))

    def _refuse_pin(self) -> UnavailableError:
        message = (
            f"expected the PIN of token {self._name}, found that the token refused it: it is not "
            "given again before a restart, so that the token is not locked"
        )
        return UnavailableError("signer.pin_refused", message)

    def _explain(self, cause: PKCS11Error, name: KeyName | None = None) -> UnavailableError:
        if isinstance(cause, NoSuchToken):
            message = f"expected a token {self._name}, found none"
        elif isinstance(cause, _OF_THE_NAME):
            found = "none" if isinstance(cause, NoSuchKey) else "several"
            message = f"expected one private key {name} in token {self._name}, found {found}"
        else:
            message = f"expected token {self._name} to work, found {type(cause).__name__}"
        return UnavailableError("signer.unavailable", message)


def check_pin_is_safe(flags: TokenFlag, token: str) -> None:
    """Require that a wrong PIN would not be the one that locks the token.

    Raises:
        UnavailableError: ``signer.pin_refused``.
    """
    if flags & (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_FINAL_TRY):
        message = (
            f"expected a token {token} with tries left, found that its PIN is locked or at its "
            "last try: log in to it by hand first"
        )
        raise UnavailableError("signer.pin_refused", message)
