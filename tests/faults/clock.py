"""Faults of the clock: the services' clock goes back, jumps ahead, or passes the days on which calendars go wrong.

What is recorded keeps its order whatever the clock says, and no fact lies after the day of its recording.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine

from bench.pair import wait_until
from tests.faults.ground import Case, Client, Ground, Outcome, family
from tests.pair.desk import event, gift

TOKENS_AGE = 1.0
"""So many seconds ago the tokens were made: no service may find them too young."""
HOUR, YEAR = 3600.0, 365 * 86_400.0
BEHIND = "the clock lies behind the last entry: entries are recorded a microsecond apart until it has caught up"
LEAP_EVE = datetime(2028, 2, 28, 23, 59, 30, tzinfo=UTC)
YEARS_EVE = datetime(2027, 12, 31, 23, 59, 30, tzinfo=UTC)


class Clock:
    """The clock that both services and those who ask them go by: so many seconds off the machine's."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._file = ground.folder / "clock"
        self._file.write_text("0")
        self._clients = 0
        ground.plant("moved_clock")

    @contextmanager
    def at(self, seconds: float) -> Iterator[Client]:
        """Everybody's clock is so many seconds off: a client with tokens of that time."""
        fresh = self._file.with_name("clock.new")
        fresh.write_text(str(seconds))
        fresh.rename(self._file)
        wait_until(lambda: self._told() <= {str(seconds)}, 10, "every process to look at its clock")
        self._clients += 1
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds - TOKENS_AGE)):
            time.time()  # from here on it ticks
            self._ground.pair.home.mkdir(exist_ok=True)
            self._ground.pair.renew_token()
            yield self._ground.client(f"clock-{self._clients}")

    def _told(self) -> set[str]:
        """What the clocks of the processes that run say."""
        running = [pid for process in self._ground.pair.processes.values() for pid in family(process.pid)]
        files = [self._file.with_name(f"clock.{pid}") for pid in running]
        return {file.read_text() if file.exists() else "" for file in files}


def back_an_hour(ground: Ground, chance: random.Random) -> Outcome:
    """The clock goes back an hour while clients post, and comes right again."""
    clock = Clock(ground)
    ground.start()
    with clock.at(0) as client:
        _recorded(client, gift("before", "1.00"))
    with clock.at(-HOUR) as client:
        first = _recorded(client, gift("back-1", "1.00"))
        second = _recorded(client, [gift(f"back-{number}", "1.00") for number in range(2, 5)])
        assert second - first == timedelta(microseconds=3), second - first
        _told(ground, BEHIND)
    with clock.at(0) as client:
        now = _recorded(client, gift("after", "1.00"))
        assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
        return _judged(ground, 2, BEHIND)


def ahead_a_year(ground: Ground, chance: random.Random) -> Outcome:
    """The clock jumps ahead a year, facts of that day are recorded, and it comes right again."""
    clock = Clock(ground)
    ground.start()
    with clock.at(YEAR) as client:
        today = datetime.now(UTC).date()
        ahead = _recorded(client, gift("today", "1.00", on=str(today)))
        assert ahead.date() in (today, today + timedelta(days=1))
        _refused(client, gift("in-two-days", "1.00", on=str(today + timedelta(days=2))))
    with clock.at(0) as client:
        behind = _recorded(client, gift("afterwards", "1.00"))
        assert timedelta(0) < behind - ahead < timedelta(seconds=60), behind - ahead
        _told(ground, BEHIND)
        ground.kill("ledger")
        seconds = ground.revive("ledger")
        assert _recorded(client, gift("started-again", "1.00")) > behind
        return _judged(ground, 2, BEHIND, seconds)


def leap_day(ground: Ground, chance: random.Random) -> Outcome:
    """29 February: no fact of it the day before, then facts of it, and none of a year that has no such day."""
    clock = Clock(ground)
    with clock.at(_until(LEAP_EVE)):
        ground.start()
    with clock.at(_until(LEAP_EVE)) as client:
        _refused(client, gift("too-early", "1.00", on="2028-02-29"))
    with clock.at(_until(LEAP_EVE) + 60) as client:
        at = _recorded(client, gift("leap", "29.00", on="2028-02-29"))
        assert at.date() == date(2028, 2, 29)
        assert client.post(gift("no-such-day", "1.00", on="2027-02-29")).status_code == 400
        _refused(client, gift("not-yet", "1.00", on="2028-03-01"))
    with clock.at(_until(LEAP_EVE) + 60 + 86_400) as client:
        assert _recorded(client, gift("march", "1.00", on="2028-03-01")).date() == date(2028, 3, 1)
        _year(ground, 2028, "30.00")
        return _judged(ground, 2)


def year_end(ground: Ground, chance: random.Random) -> Outcome:
    """31 December: nothing of the new year before midnight, and each fact in its own year after it."""
    clock = Clock(ground)
    with clock.at(_until(YEARS_EVE)):
        ground.start()
    with clock.at(_until(YEARS_EVE)) as client:
        _refused(client, gift("new-year", "1.00", on="2028-01-01"))
        _refused(client, actual_income("interest-of-2028", 2028, "2027-12-31"))
        assert _recorded(client, gift("old", "31.00", on="2027-12-31")).year == 2027
    with clock.at(_until(YEARS_EVE) + 60) as client:
        assert _recorded(client, gift("new", "1.00", on="2028-01-01")).year == 2028
        _recorded(client, gift("late", "0.50", on="2027-12-31"))
        _recorded(client, actual_income("interest", 2028, "2028-01-01"))
        _year(ground, 2027, "31.50")
        _year(ground, 2028, "1.00")
        return _judged(ground, 1)


def _until(instant: datetime) -> float:
    return float(round((instant - datetime.now(UTC)).total_seconds(), 3))


def actual_income(id: str, year: int, on: str) -> dict[str, Any]:
    """Interest received for a year."""
    made = event(id, "income.received", year=year, received_on=on, reference="r", amount="1.00", currency="USD")
    made["data"]["kind"] = "interest"
    return made


def _recorded(client: Client, posted: dict[str, Any] | list[dict[str, Any]]) -> datetime:
    """Post what must be recorded; when it was, the last of a batch."""
    answer = client.post(posted)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return datetime.fromisoformat(body.get("receipts", [body])[-1]["recorded_at"])


def _refused(client: Client, posted: dict[str, Any]) -> None:
    answer = client.post(posted)
    assert answer.status_code == 422, answer.text
    assert [found["rule"] for found in answer.json()["refusals"]] == ["fact/not-in-the-future"]


def _told(ground: Ground, sentence: str) -> None:
    wait_until(lambda: sentence in ground.output, 5, f"the ledger to say that {sentence}")


def _year(ground: Ground, year: int, contributions: str) -> None:
    lines = ground.read("/v1/facility", year=year).json()["lines"]
    assert lines["line-2"]["contributions"] == contributions, lines["line-2"]


def _judged(ground: Ground, faults: int, said: str = "", seconds: float = 0.0) -> Outcome:
    """Check the ground, and that what was recorded was recorded in the order of its instants."""
    lost, doubled = ground.check()
    began = time.monotonic()
    entries = ground.read("/v1/events", limit=1000).json()["events"]
    instants = [entry["recorded_at"] for entry in entries]
    assert instants == sorted(set(instants)), "recorded_at does not grow"
    ground.stop()
    return Outcome(len(ground.acknowledged), faults, lost, doubled, seconds or time.monotonic() - began, said)


CASES: dict[str, Case] = {
    "back-1-h": back_an_hour,
    "forward-a-year": ahead_a_year,
    "leap-day": leap_day,
    "year-end": year_end,
}
