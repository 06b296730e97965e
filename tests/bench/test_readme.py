"""The figures of kept runs are written into bench/README.md, between two comments, and nothing else is touched."""

import json

import pytest

from bench.__main__ import SIZE, kept_as
from bench.figures import Figure
from bench.readme import NONE_YET, PAGE, as_markdown, results_in, with_figures, write_figures
from bench.table import Results

MACHINE = {"processor": "a kind", "cores": "2"}
FIGURES = [
    Figure("single posts", "SQLite", 2_500.0, "events/s", "bare Flask", 5_000.0, "≥ 2,000", {"p50 ms": 3.2}),
    Figure("single posts, p99", "PostgreSQL", 30.0, "ms", "bare Flask", 10.0, "≤ 25"),
    Figure("slowest page", "SQLite", 90.0, "ms", more={f"page {number}": 1.0 for number in range(20)}),
    Figure("a peer's load", "a text file", 7.0, "s", peer=True),
]
BLOCK = "before\n<!-- figures -->\nwhat was there\n<!-- /figures -->\nafter\n"


def run(size=600, date="2026-01-05"):
    return Results(size, 5, MACHINE, FIGURES, {"another": "not installed"}, 1.5, date)


def keep(folder, results, *, name):
    (folder / name).write_text(json.dumps(results.as_dict()))


def test_a_run_says_when_and_on_what_it_was_taken():
    said = as_markdown(run())
    assert said.startswith("### 600 events of history\n\nTaken on 2026-01-05 in 1.5 minutes, medians of 5, on: ")
    assert "processor a kind, cores 2." in said
    assert said.endswith("Not run: another (not installed).")


def test_a_row_has_limit_ratio_aim_and_whether_it_holds():
    rows = as_markdown(run()).splitlines()
    single = "| single posts | SQLite | 2,500 events/s (p50 3.2 ms) | bare Flask 5,000 events/s | 0.50 "
    assert single + "| ≥ 2,000 events/s | yes |" in rows
    tail = "| single posts, p99 | PostgreSQL | 30 ms | bare Flask 10 ms | 3.00 | ≤ 25 ms | **no** |"
    assert tail in rows
    assert "| slowest page | SQLite | 90 ms |  |  |  |  |" in rows
    assert "| a peer's load | a text file | 7 s |  |  |  |  |" in rows


def test_only_the_block_between_the_comments_is_written():
    made = with_figures(BLOCK, [run()])
    assert made.startswith("before\n<!-- figures -->\n\n### 600 events")
    assert made.endswith("\n\n<!-- /figures -->\nafter\n")
    assert "what was there" not in made
    assert with_figures(made, [run()]) == made


def test_without_a_kept_run_the_block_says_so():
    assert NONE_YET in with_figures(BLOCK, [])


def test_a_page_without_the_block_is_refused():
    with pytest.raises(ValueError, match="no block"):
        with_figures("a page", [run()])


def test_runs_of_every_length_follow_each_other(tmp_path):
    page = tmp_path / "README.md"
    page.write_text(BLOCK)
    keep(tmp_path, run(1_000_000), name="results-1000000.json")
    keep(tmp_path, run(100_000, date=""), name="results.json")
    assert [results.size for results in results_in(tmp_path)] == [100_000, 1_000_000]
    write_figures(tmp_path, page)
    said = page.read_text()
    assert said.index("### 100,000 events") < said.index("### 1,000,000 events")
    assert "\nTaken in 1.5 minutes" in said


def test_a_partial_run_never_replaces_a_whole_one():
    assert kept_as(SIZE, whole=True) == "results.json"
    assert kept_as(1_000_000, whole=True) == "results-1000000.json"
    assert not kept_as(SIZE, whole=False).startswith("results")


def test_the_page_has_the_block():
    assert with_figures(PAGE.read_text(), [run()])
