"""What the ledger's pages are made of: the menu, the footer, sign-in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from ledger_service.api.ledger import Ledger
from ledger_service.settings import Settings
from ledger_service.web.permissions import PAGES
from shared.contract.problems import Unavailable
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import parse_note
from shared.pages.entrance import Entrance
from shared.pages.oidc import Provider
from shared.pages.sealing import Seal, secret_of
from shared.pages.sessions import Sessions
from shared.pages.site import Place, Plan, Site

FOLDER = Path(__file__).resolve().parent
FETCH_S = 5
MENU = {"/post": "Record a fact", "/waiting": "Waiting for confirmation"}


def site_of(ledger: Ledger) -> Site:
    """The pages of a ledger; the secret of its sessions is made on first use in development only."""
    secret = ledger.settings.session_secret_file
    seal = Seal(secret_of(secret, make=ledger.settings.auth_mode == "dev")) if secret else Seal.of_this_run()
    menu = [Place(path, text, PAGES["GET", path]) for path, text in MENU.items()]
    plan = Plan("ledger", "1035 Facility: ledger", FOLDER, (), menu, frozenset(), lambda: footer_of(ledger))
    return Site(plan, Sessions(seal, plan.name, ledger.settings.fund_home / "sessions-ended" / plan.name))


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


def footer_of(ledger: Ledger) -> Mapping[str, Any]:
    """Position and root of the newest checkpoint, and what is wrong; nothing is behind in the ledger itself."""
    row, wrong = ledger.published.newest(), [*ledger.witnessing.alarms]
    if ledger.journal.stopped:
        wrong.insert(0, ledger.journal.stopped)
    trouble = "; ".join(wrong) or None
    if row is None:
        return {"position": 0, "root": "–", "lag": 0, "trouble": trouble}
    found = Checkpoint.parse(parse_note(row.note).text)
    return {"position": found.size, "root": found.root_base64, "lag": 0, "trouble": trouble}
