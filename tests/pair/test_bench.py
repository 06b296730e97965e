"""The benchmarks run with tiny inputs, so that they cannot rot."""

from bench.__main__ import measure


def test_every_figure_can_be_measured(pair):
    figures = measure(pair, events=400, each=4)
    assert len(figures) >= 10
    assert not [figure for figure in figures.values() if "not 201" in figure]
