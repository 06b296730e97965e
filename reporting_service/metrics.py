"""What a monitoring system may ask: requests and how long they took, and how far the log is followed."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from reporting_service.follower.follower import FollowerStatus

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """One registry per service, so that nothing is shared by accident."""

    def __init__(self, status: Callable[[], FollowerStatus]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_Following(status))
        self._answers = Counter(
            "reporting_answers",
            "Answers given, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "reporting_answer_seconds",
            "Seconds to answer, by route.",
            ("route",),
            registry=self.registry,
            buckets=SECONDS,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


class _Following(Collector):
    """The follower's state, asked when the metrics are."""

    def __init__(self, status: Callable[[], FollowerStatus]) -> None:
        self._status = status

    def collect(self) -> Iterator[GaugeMetricFamily]:
        status = self._status()
        figures = {
            "verified_position": ("Entries verified and projected.", status.verified_position),
            "head_size": ("Entries under the newest checkpoint seen.", status.head_size),
            "lag": ("Entries signed and not yet projected.", status.lag),
            "cosigned_size": ("Entries under the newest cosigned checkpoint kept here.", status.cosigned),
            "follower_stopped": ("1 when the follower stopped at a mismatch.", int(status.stopped is not None)),
            "follower_connected": ("1 when the ledger's last answer was usable.", int(status.connected)),
        }
        for name, (told, value) in figures.items():
            yield GaugeMetricFamily(f"reporting_{name}", told, value)
