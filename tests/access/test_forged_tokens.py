"""Tokens that an attacker makes: at every door of both services a 401 or 403, nothing recorded, one line in the log."""

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.access import PUBLIC_KEY_ALGORITHMS, TOKEN_CHARS_MAX, TokenChecker, mint_dev_token
from shared.contract.problems import Unauthenticated
from shared.key_sets import KeysAtAddress
from tests.access.provider import AUDIENCE, IdentityProvider
from tests.ledger.clerks import EVENT, interest, problem_of

ROLES = ["finance", "auditor"]
OWN_KEY = Ed25519PrivateKey.generate()
"""The attacker's."""


def b64(content):
    """Base64 as tokens have it."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def claims(provider, **changes):
    """What a good token says."""
    good = {"iss": provider.url, "aud": AUDIENCE, "exp": int(time.time()) + 300, "sub": "eve", "roles": ROLES}
    return good | changes


def spelled(header, body, signature=b""):
    """A token put together by hand."""
    return b".".join((b64(header), b64(body), b64(signature))).decode()


def unsigned(name):
    """A token without a signature, under an algorithm of that name."""
    return lambda provider: spelled({"alg": name, "typ": "JWT", "kid": provider.kid}, claims(provider))


def signed_by_the_attacker(**headers):
    """A token of the attacker's key, with headers that point to it."""

    def made(provider):
        header = {"kid": provider.kid, **headers}
        return jwt.encode(claims(provider), OWN_KEY, algorithm="EdDSA", headers=header)

    return made


def with_the_public_key_as_secret(form):
    """HS256 over what everybody knows."""

    def made(provider):
        public = provider._keys[provider.kid][1].public_key()
        secret = {
            "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
            "jwk": json.dumps(provider.key_set["keys"][0]).encode(),
            "nothing": b"",
        }[form]
        header = {"alg": "HS256", "typ": "JWT", "kid": provider.kid}
        head = b64(header) + b"." + b64(claims(provider))
        return (head + b"." + b64(hmac.digest(secret, head, "sha256"))).decode()

    return made


def good_but(**changes):
    """A token of the provider's own key with claims changed."""
    return lambda provider: provider.token(**({"roles": ROLES} | changes))


def with_another_payload(provider):
    head, _, signature = provider.token(roles=["council"]).split(".")
    return f"{head}.{b64(claims(provider)).decode()}.{signature}"


def without_its_signature(provider):
    return provider.token(roles=ROLES).rpartition(".")[0] + "."


def with_an_empty_elliptic_signature(provider):
    return spelled({"alg": "ES256", "kid": provider.kid}, claims(provider), b"\0" * 64)


def of_a_weak_algorithm(provider):
    return spelled({"alg": "HS256", "kid": provider.kid}, claims(provider), b"\0" * 32)


def larger_than_any(provider):
    return provider.token(roles=ROLES, padding="x" * 65_536)


def nested_deeply(provider):
    return ".".join((b64({"alg": "EdDSA", "kid": provider.kid}).decode(), b64(b"[" * 9_000).decode(), "AAAA"))


JWK = {"kty": "OKP", "crv": "Ed25519", "x": b64(OWN_KEY.public_key().public_bytes_raw()).decode(), "kid": "eve"}
FORGED = {
    "wrong-key": signed_by_the_attacker(),
    "unknown-key": signed_by_the_attacker(kid="nobody"),
    "no-key-named": lambda provider: jwt.encode(claims(provider), OWN_KEY, algorithm="EdDSA"),
    "other-payload": with_another_payload,
    "signature-cut-off": without_its_signature,
    "alg-none": unsigned("none"),
    "alg-None": unsigned("None"),
    "alg-nOnE": unsigned("nOnE"),
    "alg-empty": unsigned(""),
    "alg-list": unsigned(["none"]),
    "public-key-as-secret-pem": with_the_public_key_as_secret("pem"),
    "public-key-as-secret-raw": with_the_public_key_as_secret("raw"),
    "public-key-as-secret-jwk": with_the_public_key_as_secret("jwk"),
    "empty-secret": with_the_public_key_as_secret("nothing"),
    "zero-signature": with_an_empty_elliptic_signature,
    "zero-mac": of_a_weak_algorithm,
    "header-jku": signed_by_the_attacker(kid="eve", jku="https://127.0.0.1:9/keys"),
    "header-x5u": signed_by_the_attacker(kid="eve", x5u="https://127.0.0.1:9/cert"),
    "header-jwk": signed_by_the_attacker(kid="eve", jwk=JWK),
    "header-x5c": signed_by_the_attacker(kid="eve", x5c=["AAAA"]),
    "header-crit": lambda provider: provider.token(roles=ROLES, headers={"crit": ["exp2"], "exp2": 1}),
    "kid-path": signed_by_the_attacker(kid="../../../../dev/null"),
    "kid-file": signed_by_the_attacker(kid="file:///etc/passwd"),
    "kid-sql": signed_by_the_attacker(kid="x' UNION SELECT 'secret' --"),
    "kid-list": lambda provider: spelled({"alg": "EdDSA", "kid": [provider.kid]}, claims(provider)),
    "expired": good_but(exp=int(time.time()) - 1),
    "expires-never": good_but(exp=None),
    "expires-in-words": good_but(exp="never"),
    "expires-beyond-numbers": lambda provider: spelled(
        {"alg": "EdDSA", "kid": provider.kid}, b'{"exp": 1e999, "sub": "eve"}'
    ),
    "expires-in-ages": good_but(exp=10**400),
    "expires-in-infinity": good_but(exp=float("inf")),
    "expires-in-no-number": good_but(exp=float("nan")),
    "not-yet": good_but(nbf=int(time.time()) + 3_600),
    "issued-tomorrow": good_but(iat=int(time.time()) + 86_400),
    "other-audience": good_but(aud="another-service"),
    "other-audiences": good_but(aud=["a", "b"]),
    "no-audience": good_but(aud=None),
    "other-issuer": good_but(iss="https://evil.example"),
    "longer-issuer": lambda provider: provider.token(roles=ROLES, iss=f"{provider.url}.evil.example"),
    "no-issuer": good_but(iss=None),
    "no-subject": good_but(sub=None),
    "subject-of-lines": good_but(sub="eve\nsubject=admin"),
    "subject-object": good_but(sub={"id": "eve"}),
    "roles-text": good_but(roles="auditor finance"),
    "roles-object": good_but(roles={"auditor": True, "finance": True}),
    "roles-nested-list": good_but(roles=[["auditor", "finance"]]),
    "roles-elsewhere": good_but(roles=None, role="auditor", realm_access={"roles": ROLES}, scope="auditor"),
    "larger-than-any": larger_than_any,
    "nested-deeply": nested_deeply,
}
WITHOUT_ROLE = {
    "roles-unknown": good_but(roles=["root", "superuser", "*"]),
    "roles-upper-case": good_but(roles=["AUDITOR", "Finance"]),
    "roles-joined": good_but(roles=["auditor,finance", "auditor finance"]),
    "roles-with-nul": good_but(roles=["auditor\0", "finance\0"]),
    "roles-none": good_but(roles=[]),
    "roles-of-another": good_but(roles=["council"]),
}


def tried(services, token, status, refusals):
    """The token at a door of each service: refused, unrecorded, logged once each without the token."""
    ledger, reporting = services
    before = ledger.head
    headers = {"Authorization": f"Bearer {token}"}
    posted = json.dumps(interest(year=2010))
    answers = [
        ledger.ask("POST", "/v1/events", headers, data=posted, content_type=EVENT),
        ledger.ask("GET", "/v1/events", headers),
        reporting.ask("GET", "/v1/replay?position=106", headers),
    ]
    for answer in answers:
        problem_of(answer, status)
        assert token not in answer.text
    assert ledger.head == before
    lines = refusals()
    assert [line["status"] for line in lines] == [status] * 3
    assert [line["route"] for line in lines] == ["/v1/events", "/v1/events", "/v1/replay"]
    for line in lines:
        assert line["reason"]
        assert line["request_id"]
        assert token not in json.dumps(line)
    return lines


def test_a_good_token_opens_both_services(guarded, provider):
    ledger, reporting = guarded
    headers = {"Authorization": f"Bearer {provider.token(roles=ROLES)}"}
    posted = json.dumps(interest(year=2010))
    assert ledger.ask("POST", "/v1/events", headers, data=posted, content_type=EVENT).status_code == 201
    assert reporting.ask("GET", "/v1/replay?position=106", headers).status_code == 200


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_opens_nothing(guarded, provider, refusals, forged):
    for line in tried(guarded, FORGED[forged](provider), 401, refusals):
        assert line["subject"] is None


@pytest.mark.parametrize("claimed", WITHOUT_ROLE)
def test_a_role_that_is_not_written_as_it_should_be_opens_nothing(guarded, provider, refusals, claimed):
    token = WITHOUT_ROLE[claimed](provider)
    for line in tried(guarded, token, 403, refusals):
        assert line["subject"] == "one"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_the_public_key_of_any_kind_is_no_secret(tmp_path, algorithm):
    provider = IdentityProvider(tmp_path)
    provider.url = "https://id.example"
    provider.rotate(algorithm)
    keys = KeysAtAddress(lambda: json.dumps(provider.key_set).encode())
    checker = TokenChecker(keys, PUBLIC_KEY_ALGORITHMS, provider.url, AUDIENCE)
    assert checker.check(f"Bearer {provider.token(roles=ROLES)}").roles == set(ROLES)
    public = provider._keys[provider.kid][1].public_key()
    head = b64({"alg": "HS256", "typ": "JWT", "kid": provider.kid}) + b"." + b64(claims(provider))
    for encoding in (Encoding.PEM, Encoding.DER):
        secret = public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        forged = (head + b"." + b64(hmac.digest(secret, head, "sha256"))).decode()
        with pytest.raises(Unauthenticated):
            checker.check(f"Bearer {forged}")


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_clock_that_is_a_little_ahead_harms_no_token(guarded, provider, claim):
    for ahead, status in ((20, 200), (120, 401)):
        token = provider.token(roles=ROLES, **{claim: int(time.time()) + ahead})
        answer = guarded[1].ask("GET", "/v1/facility?year=2008", {"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
    assert "this machine's clock" in answer.json["detail"]


def test_a_development_token_is_nothing_where_a_provider_is_asked(guarded, refusals):
    tried(guarded, mint_dev_token(guarded[0].home, ROLES, "eve"), 401, refusals)


def test_a_token_is_refused_by_its_length_before_it_is_read(guarded, refusals):
    for line in tried(guarded, "x" * (TOKEN_CHARS_MAX + 1), 401, refusals):
        assert "longer than" in line["reason"]


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer  ", "Token x", "Bearer a b"])
def test_what_is_no_bearer_token_is_told_so(guarded, header, refusals):
    for service in guarded:
        problem_of(service.ask("GET", "/v1/facility?year=2008", {"Authorization": header}), 401)
    assert [line["status"] for line in refusals()] == [401, 401]
