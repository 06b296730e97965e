"""Peers that are installed run; the others say what is missing."""

from bench.__main__ import compared
from bench.peers import PEERS


def test_every_peer_gives_figures_or_says_what_is_missing():
    figures, not_run = compared(200, frozenset(PEERS))
    assert all(figure.value > 0 and figure.peer for figure in figures)
    assert {figure.question.split(",")[0].split()[0].lower() for figure in figures} | set(not_run) == set(PEERS)
    assert all(not_run.values())
