"""A few hundred inputs for every parser: nothing comes out but what it read or its own refusal. `INPUTS=…` for more."""

import os

import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.making import WORDS, made
from tests.fuzz.parser import Parser
from tests.fuzz.parsers import PARSERS
from tests.fuzz.running import Outcome, run, trial, unsaid

INPUTS = int(os.environ.get("INPUTS", "300"))
SLOWER = {"bundle": 10}
"""A bundle is verified whole: fewer of them take as long."""
SEED = int(os.environ.get("SEED", "1035"))


@pytest.fixture(scope="module", params=PARSERS)
def parser(request):
    return PARSERS[request.param]()


@pytest.fixture(autouse=True)
def _quiet():
    before = structlog.get_config()
    structlog.configure(processors=[unsaid])
    yield
    structlog.configure(**before)


def _told(outcome: Outcome) -> str:
    return "\n".join(f"{one.said}\n    {one.replay(SEED)}" for one in outcome.failures.values())


def test_genuine_inputs_are_accepted(parser):
    accepted = [parser.accepts(specimen) for specimen in parser.specimens]
    assert any(accepted)


@pytest.mark.parametrize("name", PARSERS)
def test_damaged_inputs_are_refused_in_its_own_way(name):
    inputs = INPUTS // SLOWER.get(name, 1)
    outcome = run(name, SEED, inputs)
    assert not outcome.failures, _told(outcome)
    assert outcome.inputs == inputs


def test_any_bytes_are_refused_in_its_own_way(parser):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck), database=None)
    @given(st.binary(max_size=200) | st.text(max_size=80).map(lambda said: said.encode("utf-8", "surrogatepass")))
    @example(b"")
    @example(b"\n".join(WORDS))
    def tried(content):
        parser.accepts(content)

    tried()


def test_a_seed_and_a_number_make_one_input():
    parser = PARSERS["event"]()
    assert [made(parser, 1, n) for n in range(20)] == [made(parser, 1, n) for n in range(20)]
    assert len({made(parser, 1, n) for n in range(20)} | {made(parser, 2, n) for n in range(20)}) > 30


def test_what_should_not_come_out_is_a_failure():
    def read(content):
        {b"loud": lambda: 1 / 0, b"slow": lambda: [None for _ in iter(int, 1)]}.get(content, lambda: None)()

    careless = Parser("careless", read, (ValueError,), [b"a"])
    assert trial(careless, b"a") == (True, None)
    assert "ZeroDivisionError" in trial(careless, b"loud")[1]
