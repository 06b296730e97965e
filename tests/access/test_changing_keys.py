"""The identity provider's keys: a new one is found at once, an old one holds until it is withdrawn, and an outage of
the provider is none of ours."""

import json
import threading

import jwt
import pytest

from bench.pair import wait_until
from shared.access import TokenChecker, token_checker
from shared.contract.problems import Unauthenticated, Unavailable
from shared.key_sets import (
    COOLDOWN_SECONDS,
    FRESH_SECONDS,
    SET_BYTES_MAX,
    STALE_SECONDS_MAX,
    WAITING_MAX,
    KeysAtAddress,
    fetched,
)
from tests.access.provider import AUDIENCE, IdentityProvider, running


class Keys(KeysAtAddress):
    """Keys of a provider that is asked without a network, and a clock that a test moves."""

    def __init__(self, provider):
        super().__init__(self._asked, lambda: self.now)
        self.now = 0.0
        self.asked = 0
        self.down = False
        self._provider = provider

    def _asked(self):
        self.asked += 1
        if self.down:
            raise OSError("no route")
        return json.dumps(self._provider.key_set).encode()

    def takes(self, token):
        """Whether a token's key is known; None while that cannot be said."""
        try:
            return bool(self(token))
        except jwt.InvalidKeyError:
            return False
        except Unavailable:
            return None


@pytest.fixture
def provider(tmp_path):
    """A provider that nobody can reach but through Keys."""
    return IdentityProvider(tmp_path)


@pytest.fixture
def keys(provider):
    """The keys of the provider, none known yet."""
    return Keys(provider)


def test_a_new_key_is_found_by_its_first_token_and_the_old_one_still_holds(keys, provider):
    old = provider.token()
    assert keys.takes(old)
    provider.rotate("ES256")
    new = provider.token()
    assert keys.takes(new)
    assert keys.takes(old)
    assert keys.asked == 2


def test_a_flood_of_unknown_keys_makes_no_flood_of_requests(keys, provider):
    known = provider.token()
    assert keys.takes(known)
    flood = [provider.token(headers={"kid": f"nobody-{number}"}) for number in range(200)]
    assert not any(keys.takes(token) for token in flood)
    assert keys.asked == 2
    keys.now += COOLDOWN_SECONDS + 1
    assert not any(keys.takes(token) for token in flood)
    assert keys.asked == 3
    assert keys.takes(known)


def test_a_key_that_was_withdrawn_is_refused_after_the_sets_age(keys, provider):
    old = provider.token()
    assert keys.takes(old)
    withdrawn = provider.kid
    provider.rotate()
    provider.withdraw(withdrawn)
    keys.now += FRESH_SECONDS - 1
    assert keys.takes(old)
    keys.now += 2
    assert not keys.takes(old)


def test_a_provider_that_withdraws_all_keys_is_heard(keys, provider):
    token = provider.token()
    assert keys.takes(token)
    provider.withdraw(provider.kid)
    keys.now += FRESH_SECONDS + 1
    assert not keys.takes(token)


def test_known_keys_hold_while_the_provider_is_down_for_a_day(keys, provider):
    known = provider.token()
    assert keys.takes(known)
    keys.down = True
    keys.now += FRESH_SECONDS + 1
    for _ in range(100):
        assert keys.takes(known)
    assert keys.asked == 2
    assert keys.takes(provider.token(headers={"kid": "new"})) is None
    keys.now += STALE_SECONDS_MAX
    assert keys.takes(known) is None
    keys.down = False
    keys.now += COOLDOWN_SECONDS + 1
    assert keys.takes(known)


def test_before_any_key_is_known_an_outage_is_unavailable_and_asked_about_once_in_a_while(keys, provider):
    keys.down = True
    assert [keys.takes(provider.token()) for _ in range(50)] == [None] * 50
    assert keys.asked == 1


def test_a_slow_provider_holds_up_nobody_whose_key_is_known(keys, provider):
    known = provider.token()
    assert keys.takes(known)
    begun, answer = threading.Event(), threading.Event()
    slow = keys._asked

    def asked():
        begun.set()
        answer.wait(20)
        return slow()

    keys._fetch = asked
    provider.rotate()
    new = provider.token()
    found = []
    waiting = [threading.Thread(target=lambda: found.append(keys.takes(new))) for _ in range(WAITING_MAX)]
    for thread in waiting:
        thread.start()
    assert begun.wait(20)
    keys.now += FRESH_SECONDS + 1
    assert keys.takes(known)
    wait_until(lambda: not keys._waiting._value, 20, "all places to be taken")
    assert keys.takes(new) is None, "more than so many do not wait"
    answer.set()
    for thread in waiting:
        thread.join(20)
    assert found == [True] * WAITING_MAX


def test_a_key_that_cannot_be_used_harms_no_other(keys, provider):
    usable = provider.key_set["keys"]
    odd = [{"kty": "odd", "kid": "a"}, {"kty": "RSA", "kid": "b"}, {"kty": "OKP", "crv": "X1", "kid": "c"}]
    odd.append(usable[0] | {"alg": "none", "kid": "d"})
    keys._fetch = lambda: json.dumps({"keys": [*odd, *usable]}).encode()
    assert keys.takes(provider.token())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": ["x"]}', b"\xff", b"[" * 100_000])
def test_what_is_no_key_set_is_an_outage(keys, provider, body):
    keys._fetch = lambda: body
    assert keys.takes(provider.token()) is None


def test_a_secret_among_public_keys_signs_nothing(keys, provider):
    """A set that shares a symmetric key with the whole world makes no such tokens hold."""
    secret = {"kty": "oct", "kid": "shared", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}
    keys._fetch = lambda: json.dumps({"keys": [secret]}).encode()
    forged = jwt.encode(
        {"sub": "a", "roles": ["auditor"], "iss": "i", "aud": AUDIENCE, "exp": 9e9},
        "secretsecretsecretsecretsecret",
        algorithm="HS256",
        headers={"kid": "shared"},
    )
    with pytest.raises(Unauthenticated):
        TokenChecker(keys, ["EdDSA", "RS256"], "i", AUDIENCE).check(f"Bearer {forged}")


@pytest.fixture
def served(provider, monkeypatch):
    """The provider over TLS; this process trusts its authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(provider.ca))
    with running(provider):
        yield provider


def test_tokens_are_checked_against_keys_fetched_over_tls(served, tmp_path):
    told = {"issuer": served.url, "audience": AUDIENCE, "jwks_url": f"{served.url}/keys"}
    checker = token_checker("oidc", fund_home=tmp_path, **told)
    assert checker.check(f"Bearer {served.machine_token('gl')}").roles == {"finance"}
    served.rotate("RS256")
    assert checker.check(f"Bearer {served.machine_token('reader')}").subject == "reader"
    assert served.fetched == 2


def test_a_provider_whose_certificate_nobody_vouches_for_is_not_heard(served, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetched(f"{served.url}/keys")


def test_an_address_that_leads_elsewhere_or_never_ends_is_no_key_set(served, monkeypatch):
    monkeypatch.setattr(served, "got", lambda path: {"keys": ["x" * SET_BYTES_MAX]})
    with pytest.raises(OSError, match="larger"):
        fetched(f"{served.url}/keys")
    with pytest.raises(OSError, match="400"):
        monkeypatch.setattr(served, "got", lambda path: None)
        fetched(f"{served.url}/keys")
