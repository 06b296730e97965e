"""The door for people: sign in by an identity provider or, in development, by choosing a role; sign out."""

import hmac
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from shared.access import Identity, check_subject
from shared.bodies import Bodies
from shared.contract.problems import Forbidden, Problem, Unauthenticated
from shared.contract.roles import ROLES
from shared.pages.forms import FORM_BYTES_MAX, SLOTS, read_form
from shared.pages.oidc import MINUTES, Errand, Provider
from shared.pages.policy import HEADERS
from shared.pages.sessions import STRAY, from_here
from shared.pages.site import Site, Visit, local

SIGN_IN = "/sign-in"
CHOSEN = tuple(role for role in ROLES if role != "reporting")
"""Roles that people have."""
Form = dict[str, str]


class Entrance:
    """The routes of sign-in and sign-out. Without a provider, roles are chosen: only for AUTH_MODE=dev."""

    def __init__(self, site: Site, provider: Provider | None, *, dev: bool) -> None:
        self._site = site
        self._provider = provider
        self._dev = dev
        self._bodies = Bodies(SLOTS, FORM_BYTES_MAX, patience=0.0)

    def routes(self) -> dict[tuple[str, str], Callable[[Visit, Form], Response]]:
        """By method and path, what answers."""
        return {
            ("GET", SIGN_IN): self.ask,
            ("POST", SIGN_IN): self.choose,
            ("GET", f"{SIGN_IN}/go"): self.go,
            ("GET", f"{SIGN_IN}/back"): self.back,
            ("POST", "/sign-out"): self.leave,
        }

    def form(self, visit: Visit) -> Form:
        """The fields of the form that was sent. Of those who are not signed in none is waited for, except where roles
        are chosen; forms take nobody else's place, neither in memory nor of those who wait."""
        if visit.request.method != "POST":
            return {}
        session = self._site.sessions.visited(visit.request, visit.session)
        if session.identity is None and not (self._dev and from_here(visit.request)):
            raise STRAY
        return read_form(self._bodies.read(visit.request.environ), visit.request.mimetype)

    def turned_away(self, visit: Visit) -> Response:
        """To the sign-in page, and back here afterwards."""
        return redirect(f"{SIGN_IN}?{urlencode({'next': self._site.here(visit.request)})}", 303)

    def ask(self, visit: Visit, _: Form, trouble: str = "", status: int = 200) -> Response:
        """The sign-in page."""
        visit.refused = trouble
        way = "dev" if self._dev else "oidc" if self._provider else "none"
        to = local(visit.request.args.get("next", "/"))
        return self._site.answer(visit, "sign_in.html", status, way=way, roles=CHOSEN, to=to, trouble=trouble)

    def choose(self, visit: Visit, form: Form) -> Response:
        """Sign in with a chosen role: in development, on this machine alone."""
        self._site.sessions.check(visit.request, visit.session, form.get("token", ""))
        if not self._dev or not from_here(visit.request):
            raise Forbidden("Roles are chosen with AUTH_MODE=dev only, on this machine.")
        role = form.get("role", "")
        try:
            subject = check_subject(form.get("subject", "") or f"{role}-1")
        except ValueError:
            return self.ask(visit, form, "A code has 1 to 255 letters, digits or signs, without spaces.", 400)
        if role not in CHOSEN:
            return self.ask(visit, form, "Choose one of the roles.", 400)
        response = redirect(local(form.get("next", "/")), 303)
        self._site.sessions.begin(visit.request, response, Identity(subject, frozenset({role})))
        return response

    def leave(self, visit: Visit, form: Form) -> Response:
        """Sign out."""
        self._site.sessions.check(visit.request, visit.session, form.get("token", ""))
        response = redirect(SIGN_IN, 303)
        self._site.sessions.end(visit.request, response)
        return response

    def go(self, visit: Visit, _: Form) -> Response:
        """To the identity provider; what must be found again is sealed into a cookie for ten minutes."""
        provider = self._needed()
        errand = Errand.begun(local(visit.request.args.get("next", "/")))
        response = redirect(provider.address(errand, _way_back(visit.request)), 303)
        sessions = self._site.sessions
        sealed = sessions.close("errand", asdict(errand), MINUTES * 60)
        sessions.cookie(visit.request, response, "errand", sealed, MINUTES * 60, same_site="Lax")
        return response

    def back(self, visit: Visit, _: Form) -> Response:
        """Back from the identity provider with a code. The page that follows is the first to be sent the new cookie:
        a strict one is kept back on the way from another site."""
        try:
            identity, to = self._recognised(visit.request)
        except Problem as problem:
            return self.ask(visit, {}, problem.detail, problem.status)
        page = self._site.answer(visit, "signed_in.html", to=to, identity=identity)
        self._site.sessions.begin(visit.request, page, identity)
        self._site.sessions.cookie(visit.request, page, "errand", "", 0, same_site="Lax")
        page.headers.extend({name: value for name, value in HEADERS.items() if name not in page.headers})
        return page

    def _recognised(self, request: Request) -> tuple[Identity, str]:
        sessions = self._site.sessions
        kept: dict[str, Any] | None = sessions.open("errand", sessions.value(request, "errand"))
        if kept is None:
            raise Unauthenticated("This sign-in took too long, or began in another browser. Please begin again.")
        errand = Errand(kept["state"], kept["nonce"], kept["verifier"], kept["to"])
        if not hmac.compare_digest(request.args.get("state", "").encode(), errand.state.encode()):
            raise Unauthenticated("This answer belongs to another sign-in. Please begin again.")
        if not request.args.get("code"):
            raise Unauthenticated("The identity provider did not let you in.")
        return self._needed().identity(errand, request.args["code"], _way_back(request)), errand.to

    def _needed(self) -> Provider:
        if self._provider is None:
            raise Forbidden("No identity provider is set up: OIDC_CLIENT_ID and SESSION_SECRET_FILE are needed.")
        return self._provider


def _way_back(request: Request) -> str:
    """Our address as the identity provider knows it: encrypted but on loopback."""
    return f"{'http' if from_here(request) else 'https'}://{request.host}{SIGN_IN}/back"
