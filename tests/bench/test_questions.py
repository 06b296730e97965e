"""Every bench runs with tiny inputs, so that it cannot rot: what it asks, not how fast the answer is."""

from bench.__main__ import ALONE, AT_EVERY_SIZE, WITH_REPORTING, ask, sizes
from bench.stores import POSTGRES

QUESTIONS = frozenset([*WITH_REPORTING, *ALONE])


def test_every_question_is_answered_on_this_store(at):
    figures = list(ask(at, QUESTIONS))
    asked = " ".join(figure.question for figure in figures)
    for words in (
        "live",
        "cold",
        "rebuild",
        "known at",
        "proof",
        "bytes on disk",
        "memory",
        "visible",
        "ready",
        "pages",
    ):
        assert words in asked
    for clients in ("1 client", "8 clients", "64 clients"):
        assert f"single posts, {clients}" in asked
    assert all(figure.value > 0 for figure in figures)
    assert all(figure.limit_value > 0 for figure in figures if figure.limit)
    assert {figure.store for figure in figures} == {at.store.name}
    raw = "raw unnest" if at.store.name == POSTGRES else "raw executemany"
    assert raw in {figure.limit for figure in figures}


def test_sizes_grow_tenfold_to_the_one_asked_for():
    assert sizes(1_000_000) == [10_000, 100_000, 1_000_000]
    assert sizes(10_000) == [10_000]
    assert sizes(600) == [600]
    assert AT_EVERY_SIZE <= QUESTIONS
