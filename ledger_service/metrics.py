"""What can be measured from outside: requests, groups, entries, the queue."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ledger_service.journal.writer import Written

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """One process's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route", "status")
        self.requests = Counter("ledger_requests", "Answers given.", names, registry=self.registry)
        self.seconds = Histogram(
            "ledger_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.entries = Counter("ledger_entries", "Entries recorded here, by type.", ("type",), registry=self.registry)
        self.groups = Histogram("ledger_group_requests", "Requests per group.", buckets=SIZES, registry=self.registry)
        self.group_seconds = Histogram(
            "ledger_group_seconds", "Time to decide and store a group.", buckets=SECONDS, registry=self.registry
        )
        self.position = Gauge("ledger_position", "The last position this process knows.", registry=self.registry)
        self.queue = Gauge("ledger_queue_requests", "Requests waiting for the writer.", registry=self.registry)

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Where to read the queue's length from."""
        self.queue.set_function(waiting)

    def written(self, group: Written) -> None:
        """Count one group."""
        self.groups.observe(group.requests)
        self.group_seconds.observe(group.seconds)
        self.position.set(group.size)
        for type_, count in group.types.items():
            self.entries.labels(type_).inc(count)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)
