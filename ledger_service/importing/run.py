"""An import from its first line to its last: check all, then post all, and tell what came of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count

from ledger_service.importing.checking import Fault, Invalid, Ready, check, ready
from ledger_service.importing.posters import Posters, TokenUnusable
from ledger_service.importing.posting import Counts, Ledger, Stopped, Unavailable, batches
from ledger_service.importing.source import Source
from ledger_service.importing.words import Outcome, failed, invalid, posted, stopped

Show = Callable[[int, int | None], None]
"""Shows how much is done, and of how much."""
Bar = Callable[[str], AbstractContextManager[Show]]
_STRIDE = 500


class Changed(Exception):
    """The file is no longer what was checked."""


def run_import(source: Source, posters: Posters, ledger: Ledger | None, most: int, bar: Bar) -> Outcome:
    """Import a file in batches of at most so many events; without a ledger, only check it."""
    counts = Counts()
    try:
        with bar("Checking") as show:
            events = check(_read(source, posters, show))
        if ledger is None:
            return Outcome(0, {"ok": True, "events": events}, f"{events:,} events can be posted.")
        with bar("Importing") as show:
            for batch in batches(_unchanged(_read(source, posters, show)), most):
                counts.add(*ledger.post(batch))
    except Invalid as error:
        return invalid(error)
    except Stopped as error:
        return stopped(error, counts)
    except (Unavailable, TokenUnusable, Changed) as error:
        return failed(1 if isinstance(error, Changed) else 3, error, counts)
    return posted(counts)


def _read(source: Source, posters: Posters, show: Show) -> Iterator[Ready | list[Fault]]:
    numbers = count()
    for item in ready(source.records(), posters):
        if next(numbers) % _STRIDE == 0:
            show(source.read(), source.size)
        yield item
    show(source.size, source.size)


def _unchanged(found: Iterator[Ready | list[Fault]]) -> Iterator[Ready]:
    for item in found:
        if not isinstance(item, Ready):
            raise Changed(f"The file was changed while it was imported: line {item[0].line} {item[0].detail}.")
        yield item
