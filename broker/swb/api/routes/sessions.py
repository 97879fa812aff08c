"""Sessions: a person signs in, and uses the API by the token of that session."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import Field, SecretStr
from starlette.responses import Response

from swb.api.guard import Served, allow, find_address, find_bearer
from swb.api.models import Model, Moment
from swb.core.access import Principal, Right

__all__ = ["PUBLIC", "ROUTER"]

ROUTER: Final = APIRouter(tags=["sessions"])
PUBLIC: Final = APIRouter(tags=["sessions"])
_Asking = Annotated[Principal, allow(Right.READ_CATALOGUE)]


class SigningIn(Model):
    """A name and a password."""

    name: str = Field(max_length=64)
    password: SecretStr = Field(max_length=256)


class SessionToken(Model):
    """What a person's programs show until the session ends."""

    token: str = Field(description="For `Authorization: Bearer`.")
    ends_at: Moment = Field(description="When one signs in again in any case.")
    roles: list[str]


@PUBLIC.post(
    "/sessions",
    operation_id="signIn",
    summary="Sign in",
    status_code=HTTPStatus.CREATED,
    response_model=SessionToken,
)
async def sign_in(request: Request, gateway: Served, who: SigningIn) -> SessionToken:
    """Begin a session. After a rest, and after some hours in any case, it is over."""
    secret, signed_in = await gateway.access.service.sign_in(
        who.name, who.password.get_secret_value(), address=find_address(request)
    )
    return SessionToken(
        token=secret, ends_at=signed_in.ends_at, roles=sorted(signed_in.principal.roles)
    )


@ROUTER.delete(
    "/sessions/current",
    operation_id="signOut",
    summary="Sign out",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
async def sign_out(request: Request, principal: _Asking, gateway: Served) -> Response:
    """End the session whose token is shown; other tokens stay as they are."""
    del principal
    token = find_bearer(request)
    if token is not None:
        await gateway.access.service.sign_out(token)
    return Response(status_code=HTTPStatus.NO_CONTENT)
