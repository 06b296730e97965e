"""Whether both services say of the lines what the independent sums say, as known at the same position."""

import io
import zipfile
from typing import TYPE_CHECKING, Any

from bench.pair import wait_until
from tests.faults.judge import Figures, Judge
from tests.oracle.facts import LINES, cents

if TYPE_CHECKING:
    from tests.faults.ground import Ground

CATCH_UP_SECONDS = 60


def agreement(ground: "Ground", judge: Judge) -> None:
    """Ledger's facility = reporting's facility, report, statement and replay = the independent sums, year by year."""
    wait_until(lambda: _position(ground) >= judge.size, CATCH_UP_SECONDS, f"reporting to know position {judge.size}")
    for year in judge.years:
        expected = judge.figures(year)
        told = ground.read("/v1/facility", year=year).json()
        assert told["position"] == judge.size, f"the ledger answers as of {told['position']}, not {judge.size}"
        _same(f"the ledger's facility of {year}", _figures(told), expected)
        known = ground.read("/v1/facility", "reporting", year=year, known_at=judge.size).json()
        _same(f"reporting's facility of {year}", _figures(known), expected)
        report = ground.read(f"/v1/reports/{year}.json", "reporting", known_at=judge.size).json()
        _same(f"the report of {year}", _reported(report), {line: of["available"] for line, of in expected.items()})
    last = {line: figures["available"] for line, figures in judge.figures(max(judge.years)).items()}
    _same("reporting's statements", {line: _closing(ground, line, judge.size) for line in LINES}, last)
    replayed = ground.read("/v1/replay", "reporting", position=judge.size).json()["changed"]["lines"]
    _same("reporting's replay", {line: cents(replayed[line]["after"]) for line in LINES}, last)


def bundled(ground: "Ground", year: int) -> None:
    """The bundle holds by itself, and its report is the service's, byte for byte."""
    file = ground.folder / "bundle.zip"
    file.write_bytes(ground.read(f"/v1/reports/{year}/bundle", "reporting").content)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as bundle:
        report, checkpoint = bundle.read("report.json"), bundle.read("checkpoint").decode()
    size = int(checkpoint.split("\n")[1])
    served = ground.read(f"/v1/reports/{year}.json", "reporting", known_at=size).content
    assert served == report, f"the report of {year} at {size} is not the bundle's"
    done = ground.pair.command("reporting", "verify", str(file), "--key", ground.pair.vkey, seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr


def _position(ground: "Ground") -> int:
    return int(ground.read("/v1/facility", "reporting", year=2008).json()["position"])


def _figures(told: dict[str, Any]) -> Figures:
    return {line: {name: cents(value) for name, value in told["lines"][line].items()} for line in LINES}


def _reported(report: dict[str, Any]) -> dict[str, int]:
    rows = {row["key"]: row["cells"] for row in report["tables"]["T2"]["rows"]}
    return {line: cents(rows["closing"][line]) for line in LINES}


def _closing(ground: "Ground", line: str, known_at: int) -> int:
    """The balance after the last movement of a line, found from behind the last page."""
    page = ground.read(f"/v1/lines/{line}/statement", "reporting", known_at=known_at, after=max(0, known_at - 1))
    return cents(page.json()["closing"])


def _same(what: str, found: object, expected: object) -> None:
    assert found == expected, f"{what}: {found}, and the independent sums are {expected}"
