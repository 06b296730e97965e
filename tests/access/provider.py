"""An identity provider on loopback, over TLS: client credentials, authorization code with PKCE, keys that change."""

import json
import ssl
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.access.authority import make_authority

AUDIENCE = "fund1035"
CLIENT = "fund-pages"
CODE = "the-code"
MACHINES = {"gl": "finance", "desk": "programme", "reader": "auditor", "follower": "reporting"}
"""Clients that get tokens for themselves, and their roles; the secret of each is its name backwards."""
FRESH = {
    "EdDSA": Ed25519PrivateKey.generate,
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}
JWK = {
    "EdDSA": jwt.algorithms.OKPAlgorithm.to_jwk,
    "ES256": jwt.algorithms.ECAlgorithm.to_jwk,
    "RS256": jwt.algorithms.RSAAlgorithm.to_jwk,
}


class IdentityProvider:
    """Lets people in as the subject and roles in `claims`, and machines as MACHINES says."""

    def __init__(self, folder: Path) -> None:
        self.ca, self.chain = make_authority(folder)
        self.claims = {"sub": "auditor-7", "roles": ["auditor"]}
        self.asked: dict[str, str] = {}
        self.url = ""
        self.fetched = 0
        """How often the key set was asked for."""
        self._numbers = count(1)
        self._keys: dict[str, tuple[str, object]] = {}
        self.rotate()

    def rotate(self, algorithm: str = "EdDSA") -> str:
        """Sign with a new key from now on; the others stay published. Its id."""
        self.kid = f"key-{next(self._numbers)}"
        self._keys[self.kid] = (algorithm, FRESH[algorithm]())
        return self.kid

    def withdraw(self, kid: str) -> None:
        """Publish a key no more."""
        del self._keys[kid]

    @property
    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """What is published."""
        return {
            "keys": [
                json.loads(JWK[algorithm](key.public_key())) | {"kid": kid, "alg": algorithm, "use": "sig"}
                for kid, (algorithm, key) in self._keys.items()
            ]
        }

    def token(self, *, headers: dict[str, object] | None = None, **changes: object) -> str:
        """A token of our key for AUDIENCE; a claim that is None is left out."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "iat": now, "exp": now + 300, "sub": "one", "roles": ["finance"]}
        algorithm, key = self._keys[self.kid]
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": self.kid, **(headers or {})})

    def machine_token(self, client: str) -> str:
        """What a machine gets for its client credentials, asked for as it would."""
        form = {"grant_type": "client_credentials"}
        answer = requests.post(f"{self.url}/token", form, auth=(client, client[::-1]), verify=self.ca, timeout=10)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def settings(self, **more: str) -> dict[str, str]:
        """What both services are told of it."""
        return {
            "AUTH_MODE": "oidc",
            "OIDC_ISSUER": self.url,
            "OIDC_AUDIENCE": AUDIENCE,
            "OIDC_JWKS_URL": f"{self.url}/keys",
            **more,
        }

    # what it answers

    def got(self, path: str) -> object:
        """The answer to GET."""
        if path == "/keys":
            self.fetched += 1
            return self.key_set
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token"}
            return {"issuer": self.url, **ends}
        return None

    def posted(self, form: dict[str, str], authorization: str) -> object:
        """The answer to POST at the token endpoint; None when it gives no token."""
        if form.get("grant_type") == "client_credentials":
            name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            if name not in MACHINES or secret != name[::-1]:
                return None
            return {"token_type": "Bearer", "access_token": self.token(sub=name, roles=[MACHINES[name]])}
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if form["code"] != CODE or challenge != self.asked["code_challenge"]:
            return None
        return {"id_token": self.token(**{"aud": CLIENT, "nonce": self.asked["nonce"], **self.claims})}


@contextmanager
def running(provider: IdentityProvider, port: int = 0):
    """The provider answers meanwhile, at the same port again if it is given."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self._say(provider.got(self.path))

        def do_POST(self):
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self._say(provider.posted(form, self.headers.get("Authorization", "")))

        def _say(self, found):
            body = json.dumps(found or {}).encode()
            self.send_response(200 if found else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(provider.chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    provider.url = f"https://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
