"""A primary with a synchronous standby: when the primary dies, nothing acknowledged is lost and everybody goes on.

FAILOVERS sets how often (1), RACE_SEED which instants.
"""

import os
import random
import time
from contextlib import ExitStack

import psycopg
import pytest

from bench.pair import Pair, wait_until
from tests.clusters import QUICK, SUPERUSER, Cluster
from tests.databases import own_binaries
from tests.pair.desk import Desk
from tests.postgres.ledgers import Poster, assert_all_acknowledged, assert_one_history

SEED = int(os.environ.get("RACE_SEED", "1035"))
FAILOVERS = int(os.environ.get("FAILOVERS", "1"))
NAME = "standby"


@pytest.fixture
def clusters():
    """A primary that acknowledges nothing that its standby has not got, and that standby."""
    with ExitStack() as stack:
        primary = Cluster(own_binaries(), QUICK | {"synchronous_standby_names": NAME, "synchronous_commit": "on"})
        stack.callback(primary.remove)
        standby = primary.make().standby(NAME, QUICK | {"wal_retrieve_retry_interval": "100ms"})
        stack.callback(standby.remove)
        primary.start()
        standby.start()
        wait_until(lambda: _ask(primary, "SELECT sync_state FROM pg_stat_replication") == "sync", 30, "the standby")
        with psycopg.connect(primary.url(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE ledger")
        yield primary, standby


def _ask(cluster, question):
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


@pytest.fixture
def pair(tmp_path, clusters):
    """Both services; the ledger knows both servers and looks for the one that takes writes."""
    hosts = ",".join(str(cluster.folder) for cluster in clusters)
    url = f"postgresql://{SUPERUSER}@/ledger?host={hosts}&target_session_attrs=read-write"
    with Pair(tmp_path / "fund", settings={"LEDGER_DATABASE_URL": url}, output=tmp_path / "services.log") as running:
        yield running


def _answers(posters):
    return sum(len(poster.acknowledged) for poster in posters)


def _followed(desk, position):
    return desk.reporting("/v1/facility", year=2008).json()["verified_position"] >= position


@pytest.mark.parametrize("seed", range(SEED, SEED + FAILOVERS))
def test_a_promoted_standby_has_all_that_was_acknowledged(clusters, pair, seed):
    primary, standby = clusters
    posters = [Poster(f"p{n}", [pair], batch=(1, 1, 1, 20)[n % 4]) for n in range(8)]
    for poster in posters:
        poster.start()
    goal = random.Random(seed).randrange(200, 600)
    wait_until(lambda: _answers(posters) >= goal, 60, f"{goal} answers")

    primary.kill()
    began, before = time.monotonic(), _answers(posters)
    assert _ask(standby, "SELECT pg_promote()")
    promoted = time.monotonic() - began
    wait_until(lambda: _answers(posters) > before + 20, 60, "answers from the promoted standby")
    went_on = time.monotonic() - began
    for poster in posters:
        poster.stop()

    history = assert_one_history([pair])
    assert_all_acknowledged(history, posters)
    wait_until(lambda: _followed(Desk(pair), len(history)), 30, "the follower to go on")
    print(
        f"seed {seed}: {before} acknowledged when the primary was killed, {len(history)} entries, 0 lost, 0 doubled; "
        f"promoted after {promoted:.2f} s, answering after {went_on:.2f} s, the follower went on by itself"
    )
