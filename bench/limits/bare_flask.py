"""Flask behind the same server with the same threads, without the ledger: it reads a body and answers a receipt."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from flask import Flask, Response, request

from bench.leash import leashed
from bench.pair import free_bind, wait_until
from shared import serving

RECEIPT = b"{" + b'"receipt":"' + b"0" * 400 + b'"}'
"""As long as a receipt of ours."""


def create() -> Flask:
    """The application."""
    app = Flask(__name__)
    app.add_url_rule("/v1/events", "post", _post, methods=["POST"])
    app.add_url_rule("/livez", "livez", lambda: "", methods=["GET"])
    return app


def _post() -> Response:
    request.get_data()
    return Response(RECEIPT, 201, content_type="application/json")


@contextmanager
def bare_flask() -> Iterator[str]:
    """The application served by a process of its own; gives its address."""
    bind = free_bind()
    process = subprocess.Popen([sys.executable, "-m", __name__, bind], preexec_fn=leashed(os.getpid()))
    try:
        wait_until(lambda: _answers(bind), 30, "bare Flask to answer")
        yield bind
    finally:
        process.terminate()
        process.wait(20)


def _answers(bind: str) -> bool:
    try:
        return requests.get(f"http://{bind}/livez", timeout=2).ok
    except requests.ConnectionError:
        return False


if __name__ == "__main__":
    host, _, port = sys.argv[1].rpartition(":")
    sys.exit(serving.serve("bench.limits.bare_flask:create", host, int(port)))
