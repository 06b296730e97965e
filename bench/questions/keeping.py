"""How many bytes does an event take on disk, and how much memory did the services need at most?"""

from collections.abc import Iterator

from bench.figures import Figure
from bench.limits.rows import read_entries
from bench.pair import Pair
from bench.stage import Stage, peak_bytes

MEGABYTE = 1_000_000


def keeping(stage: Stage, _: Pair) -> Iterator[Figure]:
    """Bytes per event of each service beside the entry's own bytes, and peak memory beside all entries' bytes."""
    bodies = read_entries(stage.store)
    own = sum(map(len, bodies))
    for service, stored in stage.store.bytes_stored().items():
        aim = "≤ 1,200" if service == "ledger" and stage.events >= 10_000 else None
        question = f"bytes on disk per event, {service}"
        yield Figure(question, stage.store.name, stored / len(bodies), "B", "its entry", own / len(bodies), aim)
    for service, peak in sorted(peak_bytes(stage.store.folder).items()):
        question = f"peak memory of {service} at {stage.events:,} events"
        yield Figure(question, stage.store.name, peak / MEGABYTE, "MB", "all entries", own / MEGABYTE)
