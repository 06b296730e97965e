"""Both services as processes, and an identity provider over TLS that changes its key while clients go on posting."""

import json
import threading
from contextlib import ExitStack
from itertools import count

import pytest
import requests

from bench.pair import Pair, wait_until
from tests.access.provider import IdentityProvider, running
from tests.pair.desk import gift

TIMEOUT = 30


class Machine:
    """A system with client credentials: gets tokens from the provider and speaks to both services."""

    def __init__(self, pair, provider):
        self.pair, self.provider = pair, provider
        self._numbers = count(1)

    def post(self, token):
        """The status of one more gift."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
        body = json.dumps(gift(f"m-{threading.get_ident()}-{next(self._numbers)}", "1.00"))
        return requests.post(f"{self.pair.ledger_url}/v1/events", body, headers=headers, timeout=TIMEOUT).status_code

    def read(self, token):
        """The status of the Facility in reporting."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.pair.reporting_url}/v1/facility?year=2008"
        return requests.get(url, headers=headers, timeout=TIMEOUT).status_code


@pytest.fixture
def provider(tmp_path):
    """An identity provider not yet answering."""
    return IdentityProvider(tmp_path)


def _pair(tmp_path, provider):
    token = tmp_path / "reporting.token"
    token.write_text(provider.machine_token("follower"))
    settings = provider.settings(
        SSL_CERT_FILE=str(provider.ca),
        REQUESTS_CA_BUNDLE=str(provider.ca),
        REPORTING_TOKEN_FILE=str(token),
    )
    return Pair(tmp_path / "fund", settings=settings, output=tmp_path / "services.log")


def test_a_signing_key_changes_while_clients_post_and_nobody_is_turned_away(tmp_path, provider):
    with ExitStack() as up:
        up.enter_context(running(provider))
        with _pair(tmp_path, provider) as pair:
            machine = Machine(pair, provider)
            tokens = _rotated_under_load(provider, machine)
            up.close()
            _while_the_provider_is_away(provider, machine, tokens)
    _no_token_in(tmp_path / "services.log", tokens)


def _rotated_under_load(provider, machine):
    """Three clients post and read all the while; the tokens of before and after."""
    stop, answers = threading.Event(), []

    def keep_posting():
        while not stop.is_set():
            token = provider.machine_token("gl")
            answers.append(machine.post(token))
            answers.append(machine.read(token))

    clients = [threading.Thread(target=keep_posting) for _ in range(2)]
    for client in clients:
        client.start()
    old = provider.machine_token("gl")
    wait_until(lambda: len(answers) > 10, 20, "some answers")
    provider.rotate("ES256")
    new = provider.machine_token("gl")
    for token in (new, old):
        assert (machine.post(token), machine.read(token)) == (201, 200)
    seen = len(answers)
    wait_until(lambda: len(answers) > seen + 20, 20, "answers under the new key")
    stop.set()
    for client in clients:
        client.join(TIMEOUT)
    assert set(answers) == {201, 200}
    assert provider.fetched <= 4, "each service asks once at first, and once for the new key"
    return old, new


def _while_the_provider_is_away(provider, machine, tokens):
    """Known keys hold, for tokens never seen before too; of an unknown one nothing is said until it is back."""
    fresh = provider.token(sub="gl")
    provider.rotate()
    unknown = provider.token(sub="gl")
    for token in (*tokens, fresh):
        assert (machine.post(token), machine.read(token)) == (201, 200)
    wait_until(lambda: (machine.post(unknown), machine.read(unknown)) == (503, 503), 20, "what cannot be said now")
    with running(provider, int(provider.url.rpartition(":")[2])):
        wait_until(lambda: machine.post(unknown) == 201, 20, "the provider to be heard again")


def _no_token_in(log, tokens):
    said = log.read_text()
    assert said
    assert not [token for token in tokens if token in said or token.split(".")[1] in said]
