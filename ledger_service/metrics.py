"""What can be measured from outside: requests, refusals, groups, entries, the queue, and what the process takes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.registry import Collector

from ledger_service.journal.writer import Written
from ledger_service.witnessing.asking import WitnessStatus

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """One process's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        names = ("method", "route", "status")
        self.requests = Counter(
            "ledger_requests", "Answers given, by method, route and status.", names, registry=self.registry
        )
        self.seconds = Histogram(
            "ledger_request_seconds",
            "Seconds to answer, by route.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.refusals = Counter(
            "ledger_refusals", "Rules that said no in answers 422, by rule.", ("rule",), registry=self.registry
        )
        self.entries = Counter("ledger_entries", "Entries recorded here, by type.", ("type",), registry=self.registry)
        self.groups = Histogram("ledger_group_requests", "Requests per group.", buckets=SIZES, registry=self.registry)
        self.group_seconds = Histogram(
            "ledger_group_seconds", "Seconds to decide and store a group.", buckets=SECONDS, registry=self.registry
        )
        self.position = Gauge("ledger_position", "The last position this process knows.", registry=self.registry)
        self.queue = Gauge("ledger_queue_requests", "Requests waiting for the writer.", registry=self.registry)
        self.stopped = Gauge(
            "ledger_stopped", "1: it takes nothing, since log and model differ.", registry=self.registry
        )
        self.writer_lost = Gauge(
            "ledger_writer_lost", "1: the writer's process has ended; this one ends too.", registry=self.registry
        )

    def watch(self, collector: Collector) -> None:
        """Measure this too."""
        self.registry.register(collector)

    def watch_process(self, name: str, pid: Callable[[], int]) -> None:
        """What another process of ours takes, as `ledger_NAME_process_*`."""
        ProcessCollector(f"ledger_{name}", pid, registry=self.registry)

    def watch_journal(self, waiting: Callable[[], int], stopped: Callable[[], str | None]) -> None:
        """Where to read from how many wait, and why nothing is taken."""
        self.queue.set_function(waiting)
        self.stopped.set_function(lambda: stopped() is not None)

    def watch_witnesses(self, status: Callable[[], Sequence[WitnessStatus]]) -> None:
        """Where to read how it stands with each witness from."""
        names = ("witness",)
        size = Gauge(
            "ledger_witness_size", "Entries under a witness's last cosignature.", names, registry=self.registry
        )
        alarm = Gauge(
            "ledger_witness_alarm", "1: a witness has seen another log under our key.", names, registry=self.registry
        )
        trouble = Gauge("ledger_witness_trouble", "1: a witness does not cosign now.", names, registry=self.registry)
        for place, found in enumerate(status()):
            size.labels(found.name).set_function(partial(_of, status, place, "size"))
            alarm.labels(found.name).set_function(partial(_of, status, place, "alarm"))
            trouble.labels(found.name).set_function(partial(_of, status, place, "trouble"))

    def written(self, group: Written) -> None:
        """Count one group."""
        self.groups.observe(group.requests)
        self.group_seconds.observe(group.seconds)
        self.position.set(group.size)
        for type_, count in group.types.items():
            self.entries.labels(type_).inc(count)

    def refused(self, refusals: Sequence[Mapping[str, Any]]) -> None:
        """Count the rules of a refusal, each once."""
        for rule in {refusal["rule"] for refusal in refusals}:
            self.refusals.labels(rule).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


def _of(status: Callable[[], Sequence[WitnessStatus]], place: int, name: str) -> float:
    value = getattr(status()[place], name)
    return float(value) if isinstance(value, int) else float(value is not None)
