"""What every test shares: only loopback may be reached, and hypothesis keeps its examples under var/."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_socket import socket_allow_hosts

pytest_plugins = ["tests.databases"]
ROOT = Path(__file__).resolve().parent.parent

set_hypothesis_home_dir(ROOT / "var" / "cache" / "hypothesis")
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _only_loopback():
    """A test that would reach beyond this machine fails at once."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
