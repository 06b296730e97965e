"""What reporting's pages are made of: the menu, the footer, sign-in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from reporting_service.projections.store import Store
from reporting_service.render.words.catalogue import CATALOGUES
from reporting_service.settings import Settings
from reporting_service.web.permissions import PAGES
from shared.contract.problems import Unavailable
from shared.pages.entrance import Entrance
from shared.pages.oidc import Provider
from shared.pages.sealing import Seal, secret_of
from shared.pages.sessions import Sessions
from shared.pages.site import Place, Plan, Site

FOLDER = Path(__file__).resolve().parent
FETCH_S = 5
MENU = {
    "/facility": "The Facility today",
    "/projects": "Projects",
    "/member-states": "Member States",
    "/contributions": "Contributions",
    "/rules": "Rules",
    "/refusals": "Refusals",
    "/reports": "Council’s report",
    "/replay": "Replay",
    "/what-if": "What if",
    "/audit": "Audit",
}


def site_of(settings: Settings, footer: Any) -> Site:
    """The pages of a service with these settings; its secret is made on first use in development only."""
    secret = settings.session_secret_file
    seal = Seal(secret_of(secret, make=settings.auth_mode == "dev")) if secret else Seal.of_this_run()
    menu = [Place(path, text, PAGES["GET", path]) for path, text in MENU.items()]
    plan = Plan("reporting", "1035 Facility: reports", FOLDER, (CATALOGUES,), menu, PAGES["GET", "/search"], footer)
    return Site(plan, Sessions(seal, plan.name, settings.fund_home / "sessions-ended" / plan.name))


def entrance_of(settings: Settings, site: Site) -> Entrance:
    """How people sign in, as the settings say."""
    issuer, audience, keys = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url
    provider = None
    if settings.auth_mode == "oidc" and settings.oidc_client_id and settings.session_secret_file:
        assert issuer
        assert audience
        assert keys, "check_access has seen to it"
        provider = Provider(issuer, audience, keys, settings.oidc_client_id, fetch)
    return Entrance(site, provider, dev=settings.auth_mode == "dev")


def fetch(address: str, form: Mapping[str, str] | None) -> dict[str, Any]:
    """What an identity provider answers; Unavailable (503) when it does not, or not with a JSON object."""
    try:
        method = "GET" if form is None else "POST"
        answer = requests.request(method, address, data=form, timeout=FETCH_S, allow_redirects=False)
        found = answer.json() if answer.status_code == 200 else None
    except requests.RequestException as error:
        raise Unavailable("The identity provider does not answer now.") from error
    if not isinstance(found, dict):
        raise Unavailable("The identity provider did not accept this sign-in. Please begin again.")
    return found


def footer_of(store: Store, status: Any) -> Mapping[str, Any]:
    """Position and root of the verified log, and how far behind it is."""
    now = status()
    with store.view() as view:
        known = view.checkpoint()
    return {"position": known["size"], "root": known["root"], "lag": now.lag, "trouble": now.stopped or now.trouble}
