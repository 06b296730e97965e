"""Looking for garbage seldom: work that keeps much and drops little would otherwise spend a tenth of its time on it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 20, 100)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Within it the collector runs seldom; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
