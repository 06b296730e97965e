"""A served log, a sink, and followers that are always stopped."""

from collections.abc import Callable, Iterator

import pytest

from reporting_service.follower import Follower, Pace
from shared.log_format.notes import Verifier
from shared.log_format.witnesses import Policy
from tests.follower.log_server import LogServer
from tests.follower.memory_sink import MemorySink
from tests.log_format.served_log import ServedLog

QUICK = Pace(wait_s=20, round_s=0.0, idle_s=0.02, backoff_s=0.01, backoff_max_s=0.05, doubt_s=0.2, cosigned_s=0.02)

Following = Callable[..., Follower]


@pytest.fixture
def server() -> Iterator[LogServer]:
    served = LogServer(ServedLog())
    yield served
    served.end()


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def following(server: LogServer, sink: MemorySink) -> Iterator[Following]:
    """Starts a follower of the server into the sink."""
    running: list[Follower] = []

    def begin(
        into: MemorySink | None = None,
        verifier: Verifier | None = None,
        pace: Pace = QUICK,
        policy: Policy | None = None,
    ) -> Follower:
        verifier = verifier or server.log.key.verifier
        follower = Follower(server.url, lambda: "a-token", verifier, into or sink, pace=pace, policy=policy)
        running.append(follower)
        follower.start()
        return follower

    yield begin
    for follower in running:
        follower.stop()
