"""The process that records: opens the journal as the settings say, and is the only one to decide and to write.

Started by the process that serves the doors, as `python -m ledger_service.recording PARENT DESCRIPTOR BULK`.
"""

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime

from ledger_service import observing
from ledger_service.journal.channel import Channel, message
from ledger_service.journal.desk import Desk
from ledger_service.journal.journal import opened, utc_now
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.recorders.interface import CheckpointRow, JournalRecorder, StoreRefused, StoreUnavailable
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from ledger_service.journal.snapshots import Snapshots
from ledger_service.journal.writer import Writer, Written
from ledger_service.keys import signing_key
from ledger_service.settings import Settings, load
from shared.process import die_with_parent, spare_the_collector


def open_recorder(settings: Settings) -> JournalRecorder:
    """The journal's store, as LEDGER_DATABASE_URL says."""
    if settings.sqlite_path is None:
        from ledger_service.journal.recorders.postgres import PostgresJournalRecorder  # its driver is slow to import

        return PostgresJournalRecorder.at(settings.database_url)
    return SQLiteJournalRecorder.at(str(settings.sqlite_path))


def open_writer(
    settings: Settings,
    recorder: JournalRecorder,
    written: Callable[[Written], None],
    *,
    now: Callable[[], datetime] = utc_now,
    published: Callable[[CheckpointRow], None] = lambda _: None,
) -> Writer:
    """The writer of the journal that the settings name; StoreRefused, StoreUnavailable or KeyRefused."""
    key = signing_key(settings.signing_key_file, settings.origin)
    return opened(
        recorder,
        key,
        now=now,
        limit=RefusalLimit(settings.refusals_per_minute),
        published=published,
        written=written,
        snapshots=Snapshots(settings.fund_home / "ledger.snapshot", key),
        continues=settings.continues,
    )


def main() -> None:
    """Serve the doors until they close; told to stop with the rest of the service, first finish what waits."""
    parent, *descriptors = map(int, sys.argv[1:4])
    die_with_parent(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    observing.log_as_json()
    gc.disable()
    settings = load(os.environ)
    channel, bulk = (Channel(socket.socket(fileno=descriptor)) for descriptor in descriptors)
    desk = Desk(channel, bulk)
    try:
        recorder = open_recorder(settings)
        writer = open_writer(settings, recorder, desk.written)
    except (StoreRefused, StoreUnavailable, OSError) as error:
        kind = StoreRefused if isinstance(error, StoreRefused) else StoreUnavailable
        channel.send(message({"refused": kind.__name__, "cause": str(error)}))
        return
    spare_the_collector()
    channel.send(message({"ready": True}))
    desk.serve(writer)
    writer.close()
    recorder.close()


if __name__ == "__main__":
    main()
