"""A pair without development tokens, keyed as docker-compose does it: a token key, a key set in a file."""

import pytest
import requests

from bench.pair import Pair, PairFailed, wait_until
from tests.pair.desk import Desk, gift


@pytest.fixture
def keyed(tmp_path):
    """A pair not started yet; its token key lives in a folder that the services do not know."""
    keys = Pair(tmp_path / "keys", settings=_access(tmp_path))
    keys.home.mkdir()
    keys.asked("ledger", "token-key")
    (tmp_path / "reporting.token").write_text(_token(keys, "reporting"))
    settings = _access(tmp_path) | {"REPORTING_TOKEN_FILE": str(tmp_path / "reporting.token")}
    return keys, Pair(tmp_path / "fund", settings=settings, output=tmp_path / "services.log")


def _access(folder):
    return {
        "AUTH_MODE": "oidc",
        "OIDC_ISSUER": "https://fund.example",
        "OIDC_AUDIENCE": "fund1035",
        "OIDC_JWKS_URL": f"file://{folder}/keys/keys/token.jwks.json",
    }


def _token(keys, role, subject="one"):
    return keys.asked("ledger", "token", "--role", role, "--subject", subject)


class KeyedDesk(Desk):
    """A desk whose tokens are signed by the token key."""

    def __init__(self, pair, keys):
        super().__init__(pair)
        self._keys = keys

    def headers(self, role, **more):
        if role not in self._tokens:
            self._tokens[role] = _token(self._keys, role)
        return {"Authorization": f"Bearer {self._tokens[role]}", **more}


def test_tokens_of_the_token_key_open_both_services(keyed):
    keys, pair = keyed
    with pair:
        desk = KeyedDesk(pair, keys)
        size = desk.accepted(gift("keyed-1", "12.00"))["checkpoint"]["size"]
        wait_until(lambda: desk.reporting("/v1/facility", year=2008).json()["position"] >= size, 30, "reporting")
        line = desk.reporting("/v1/facility", role="council", year=2008).json()["lines"]["line-2"]
        assert line["contributions"] == "12.00"
        _development_tokens_are_refused(pair)


def _development_tokens_are_refused(pair):
    headers = {"Authorization": f"Bearer {pair.token('auditor')}"}
    for url in (f"{pair.ledger_url}/v1/events", f"{pair.reporting_url}/v1/facility?year=2008"):
        assert requests.get(url, headers=headers, timeout=10).status_code == 401


def test_a_pair_without_a_token_for_reporting_says_so(tmp_path):
    pair = Pair(tmp_path / "fund", settings=_access(tmp_path))
    with pytest.raises(PairFailed, match="REPORTING_TOKEN_FILE"), pair:
        pass
