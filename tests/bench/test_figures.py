"""A figure beside its limit, and the table that is made of figures."""

import json

from bench.figures import Figure, beside, percentile
from bench.table import Results, cells

FIGURE = Figure("single posts", "SQLite", 2_500.0, "events/s", "bare Flask", 5_000.0, "≥ 2,000", {"p50 ms": 3.2})


def test_a_ratio_is_value_by_limit():
    assert FIGURE.ratio == 0.5
    assert Figure("start", "SQLite", 1.0, "s").ratio is None


def test_an_aim_is_reached_or_missed():
    assert FIGURE.holds is True
    assert Figure("p99", "SQLite", 26.0, "ms", aim="≤ 25").holds is False
    assert Figure("p99", "SQLite", 26.0, "ms").holds is None


def test_both_measurements_are_taken_in_turns():
    order = []
    ours, limit = beside(3, lambda: order.append("ours") or 2.0, lambda: order.append("limit") or 8.0)
    assert (ours, limit) == (2.0, 8.0)
    assert order == ["ours", "limit"] * 3


def test_a_percentile_is_one_of_the_values():
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([5.0, 1.0, 3.0], 0.99) == 5.0


def test_a_row_shows_all_there_is():
    row = cells(FIGURE)
    assert row == (
        "single posts",
        "SQLite",
        "2,500 events/s (p50 3.2 ms)",
        "bare Flask 5,000 events/s",
        "0.50",
        "≥ 2,000 events/s ✓",
    )


def test_results_are_read_back_as_written(tmp_path):
    path = tmp_path / "results.json"
    results = Results(600, 5, {"cores": "2"}, [FIGURE], {"a peer": "not installed"}, 1.5, "2026-01-05")
    path.write_text(json.dumps(results.as_dict()))
    assert Results.read(path) == results
