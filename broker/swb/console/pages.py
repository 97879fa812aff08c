"""Pages: what a view knows of who asks, and how a template becomes an answer.

Everything that a template writes is escaped; what is undefined is a fault and not an empty place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from swb.console.choices import name_code
from swb.console.language import LANGUAGES, marked
from swb.console.places import list_places
from swb.console.protection import LANGUAGE, VISIT, set_cookie
from swb.console.words import (
    HUES,
    ROLES,
    STATIONS,
    name_check,
    name_party,
    name_state,
    name_type,
    say_fact,
)
from swb.core.credentials import write_form_token
from swb_schemas.codelists import ListName
from swb_schemas.documents.origin_criterion import format_criterion
from swb_schemas.error_codes import find_error_code
from swb_schemas.parties import CertificateKey, parse_certificate_key

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from swb.app.node import Desk
    from swb.console.language import Language
    from swb.core.access import Principal, Right
    from swb.services.access import SignedIn

__all__ = ["PREFIX", "Visit", "find_static", "spell_span", "spell_time"]

PREFIX: Final = "/console"
"""Under which all pages are."""
A_YEAR: Final = 31_536_000
_Answer = TypeVar("_Answer", bound="Response")
_UNITS: Final = (
    marked("{number} d"),
    marked("{number} h"),
    marked("{number} min"),
    marked("{number} s"),
)


def find_static(name: str) -> tuple[bytes, str]:
    """Find a file that pages refer to: its octets, and the version that its address names."""
    octets = files("swb.console").joinpath("static", name).read_bytes()
    return octets, sha256(octets).hexdigest()[:16]


def spell_time(at: datetime) -> str:
    """Spell a moment in UTC, to the second, as wide as any other."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def spell_span(span: timedelta | None, language: Language) -> str:
    """Spell how long something takes in its two largest units; a dash where nobody knows."""
    if span is None:
        return "\u2013"
    seconds = max(0, int(span.total_seconds()))
    numbers = (seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    told = [
        language.say(unit).format(number=number)
        for number, unit in zip(numbers, _UNITS, strict=True)
        if number
    ]
    return " ".join(told[:2]) or language.say(_UNITS[-1]).format(number=0)


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("swb.console", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
)
_STYLE: Final = f"{PREFIX}/static/console.css?v={find_static('console.css')[1]}"


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request, and who asks.

    Attributes:
        request: As it came.
        desk: What pages are made of.
        language: Of the page.
        signed_in: Who asks; None before signing in.
        form: What was sent, where something was.
        cookies: What the browser is to keep: by name, value and for how many seconds.
    """

    request: Request
    desk: Desk
    language: Language
    signed_in: SignedIn | None = None
    form: FormData | None = None
    cookies: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    @property
    def principal(self) -> Principal:
        """Who asks; only pages for those who signed in ask this."""
        assert self.signed_in is not None  # noqa: S101 - the door has let them in
        return self.signed_in.principal

    def may(self, right: Right) -> bool:
        """Whether whoever asks may do something here."""
        return self.signed_in is not None and right in self.principal.rights

    def asked(self, name: str, default: str = "") -> str:
        """A value of the address, at most 500 characters."""
        return self.request.query_params.get(name, default).strip()[:500]

    def sent(self, name: str, default: str = "") -> str:
        """A text of the form that was sent."""
        value = None if self.form is None else self.form.get(name)
        return value.strip() if isinstance(value, str) else default

    def sent_as_is(self, name: str) -> str:
        """A text of the form that was sent, blanks at its ends too."""
        value = None if self.form is None else self.form.get(name)
        return value if isinstance(value, str) else ""

    def say(self, message: str) -> str:
        """Translate."""
        return self.language.say(message)

    def show(self, template: str, *, status: int = 200, **said: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template says
        """Write a page.

        Args:
            template: Its file.
            status: Of the answer.
            said: What it says.
        """
        page = _ENVIRONMENT.get_template(template)
        catalogue = self.language.catalogue
        content = page.render(
            **said,
            visit=self,
            language=self.language,
            languages=LANGUAGES.values(),
            places=list_places(self.principal.rights) if self.signed_in else (),
            here=self.request.url.path.removeprefix(PREFIX),
            style=_STYLE,
            prefix=PREFIX,
            state=self.desk.state,
            environment=self.desk.environment,
            now=self.desk.clock.now(),
            gettext=catalogue.gettext,
            ngettext=catalogue.ngettext,
            _=catalogue.gettext,
            time=spell_time,
            span=lambda given: spell_span(given, self.language),
            count=self.language.count,
            share=self.language.share,
            hue=lambda fact: HUES.get(fact, "calm"),
            fact=lambda name: say_fact(name, self.language),
            party=lambda urn: name_party(urn, self.language),
            kind=lambda name: name_type(name, self.language),
            meaning=find_error_code,
            link=link,
            stations=STATIONS,
            criterion=format_criterion,
            key=_read_key,
            state_of=lambda code: name_state(code, self.language),
            unit=partial(name_code, ListName.UNITS),
            package=partial(name_code, ListName.PACKAGES),
            check=lambda name: name_check(name, self.language),
        )
        return self.dress(HTMLResponse(content, status_code=status))

    def go(self, path: str) -> Response:
        """Send the browser to another page (RFC 9110, 303)."""
        return self.dress(RedirectResponse(f"{PREFIX}{path}", status_code=303))

    def dress(self, response: _Answer) -> _Answer:
        """Have an answer bring the cookies along."""
        for name, (value, lasts_for) in self.cookies.items():
            set_cookie(response, name, value, lasts_for=lasts_for)
        return response

    def drop_cookie(self, name: str) -> None:
        """Have the browser forget a cookie."""
        self.cookies[name] = "", None

    @property
    def form_token(self) -> str:
        """What forms of this visit carry: of the session, or of who has not signed in yet."""
        if self.signed_in is not None:
            return self.signed_in.form_token
        visit = self.request.cookies.get(VISIT, "")
        return write_form_token(visit) if visit else ""

    def remember_language(self) -> None:
        """Keep the language, where it was chosen just now."""
        if self.request.query_params.get("lang") == self.language.tag:
            self.cookies[LANGUAGE] = self.language.tag, A_YEAR

    def in_language(self, tag: str) -> str:
        """The address of this page in another language; of what was sent, the first page."""
        if self.request.method != "GET":
            return link("/", lang=tag)
        return str(self.request.url.include_query_params(lang=tag).replace(scheme="", netloc=""))

    @property
    def state_name(self) -> str:
        """The state whose gateway it is, in the reader's language."""
        return name_state(self.desk.state, self.language)

    @property
    def roles(self) -> str:
        """What whoever asks is here."""
        return ", ".join(self.say(ROLES[each]) for each in sorted(self.principal.roles))


def link(path: str, **asked: object) -> str:
    """Write the address of a page; what is empty or None is not asked."""
    query = {name: str(value) for name, value in asked.items() if value not in {None, ""}}
    return f"{PREFIX}{quote(path)}" + (f"?{urlencode(query)}" if query else "")


def _read_key(text: str) -> CertificateKey | None:
    """Read a certificate's key; None of what has none."""
    return parse_certificate_key(text) if text else None
