"""A small witness over HTTP, written from C2SP tlog-witness and RFC 9162 alone: shares no code with the services."""

import base64
import hashlib
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Refused(Exception):
    """A request that a witness answers with this status and body."""

    def __init__(self, status, body="", kind="text/plain"):
        super().__init__(status)
        self.status, self.body, self.kind = status, body, kind


class Witness:
    """A running witness of some logs; `seen` is the last tree it cosigned of each, by origin."""

    def __init__(self, name, *vkeys, seen=None):
        self.name, self._private = name, Ed25519PrivateKey.generate()
        self.logs = dict(map(_parsed, vkeys))
        self.seen = {} if seen is None else seen
        self.requests, self.answer_as = [], None
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def vkey(self):
        encoded = base64.b64encode(b"\4" + self._public()).decode()
        return f"{self.name}+{self._key_id().hex()}+{encoded}"

    def policy_line(self, name):
        return f"witness {name} {self.vkey} {self.url}\n"

    def close(self):
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def add_checkpoint(self, body):
        """The answer's text, or Refused."""
        head, note = body.split("\n\n", 1)
        text, lines = note.split("\n\n", 1)
        origin, size, root = text.split("\n")
        old, *proof = head.split("\n")
        self._check_signed(origin, f"{text}\n", lines)
        old, size, root = int(old.removeprefix("old ")), int(size), base64.b64decode(root)
        if old > size:
            raise Refused(400)
        with self._lock:
            known_size, known_root = self.seen.get(origin, (0, None))
            if old != known_size or (old == size and root != known_root):
                raise Refused(409, f"{known_size}\n", "text/x.tlog.size")
            if old and not consistent(old, size, known_root, root, [base64.b64decode(line) for line in proof]):
                raise Refused(422)
            self.seen[origin] = (size, root)
        return self.cosigned(f"{text}\n")

    def _check_signed(self, origin, text, lines):
        if origin not in self.logs:
            raise Refused(404)
        key_id, public = self.logs[origin]
        for line in lines.splitlines():
            _, name, blob = line.split(" ")
            raw = base64.b64decode(blob)
            if (name, raw[:4]) == (origin, key_id):
                try:
                    return public.verify(raw[4:], text.encode())
                except InvalidSignature:
                    break
        raise Refused(403)

    def cosigned(self, text):
        """A cosignature line of this witness over a checkpoint's text."""
        now = int(time.time())
        signature = self._private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        blob = self._key_id() + struct.pack(">Q", now) + signature
        return f"\N{EM DASH} {self.name} {base64.b64encode(blob).decode()}\n"

    def _public(self):
        return self._private.public_key().public_bytes_raw()

    def _key_id(self):
        return hashlib.sha256(self.name.encode() + b"\n\4" + self._public()).digest()[:4]


def _parsed(vkey):
    name, key_id, key = vkey.split("+", 2)
    return name, (bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]))


def consistent(old, size, old_root, root, proof):
    """RFC 9162 section 2.1.4.2."""
    if old == size:
        return old_root == root and not proof
    if not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            was, now = _node(sibling, was), _node(sibling, now)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            now = _node(now, sibling)
        node, last = node >> 1, last >> 1
    return (was, now, last) == (old_root, root, 0)


def _node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def _handler(witness):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            witness.requests.append(body)
            witness.gate.wait(30)
            try:
                if self.path != "/add-checkpoint":
                    raise Refused(404)
                said = witness.add_checkpoint(body) if witness.answer_as is None else witness.answer_as(body)
                status, kind = 200, "text/plain; charset=utf-8"
            except Refused as refused:
                status, said, kind = refused.status, refused.body, refused.kind
            self._send(status, kind, said.encode())

        def _send(self, status, kind, content):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Quiet."""

    return Handler
