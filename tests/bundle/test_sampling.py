"""Audit samples: drawn by the log's own root, heavier entries likelier, and reproducible by a stranger."""

import json
from collections import Counter
from hashlib import sha256

import pytest
from click.testing import CliRunner

from reporting_service.bundle.sampling import Item, draw, population, sample
from reporting_service.cli import main
from tests.reporting.history import tree_root


def items(*cents):
    """A population of these weights, at positions 1 and on."""
    sums = [sum(cents[: number + 1]) for number in range(len(cents))]
    return tuple(Item(place, weight, sums[place - 1]) for place, weight in enumerate(cents, 1))


def drawn_by_a_stranger(said):
    """The sample again, from what is printed, with nothing of ours: a list of cents is walked until one is hit."""
    root, left = bytes.fromhex(said["seed"]["root"]), {item["position"]: item["cents"] for item in said["population"]}
    found, number = [], 0
    while left and len(found) < len(said["sample"]):
        number += 1
        value = int(sha256(root + number.to_bytes(8, "big")).hexdigest(), 16)
        total = sum(left.values())
        if value >= 2**256 // total * total:
            continue
        cent = value % total
        for position, cents in sorted(left.items()):  # noqa: B007
            if cent < cents:
                break
            cent -= cents
        found.append(position)
        del left[position]
    return found


def test_a_stranger_draws_the_same_sample(whole):
    with whole.store.view() as view:
        said = sample(view, view, 2008, 25).as_dict()
    assert len(set(said["sample"])) == 25
    assert drawn_by_a_stranger(said) == said["sample"]
    assert bytes.fromhex(said["seed"]["root"]) == tree_root(whole.history.bodies)


def test_the_population_is_what_moves_money_of_the_year(whole):
    with whole.store.view() as view:
        found = population(view, 2008)
    entries = {item.position: json.loads(whole.history.bodies[item.position - 1]) for item in found}
    assert found
    assert all(entry["year"] == 2008 for entry in entries.values())
    paid = next(entry for entry in entries.values() if entry["type"] == "fund1035.grant.disbursed.v1")
    cents = int(paid["data"]["amount"].replace(".", ""))
    assert next(item.cents for item in found if item.position == paid["position"]) == cents


def test_another_root_draws_another_sample(whole):
    with whole.store.view() as view, whole.store.view(300) as seed:
        one, other = sample(view, view, 2008, 10), sample(view, seed, 2008, 10)
    assert one.population == other.population
    assert one.positions != other.positions


def test_each_cent_is_as_likely_as_another():
    weights = items(1000, 3000, 6000)
    first = Counter(draw(weights, sha256(str(seed).encode()).digest(), 1)[0].position for seed in range(3000))
    assert [round(first[position] / 3000, 1) for position in (1, 2, 3)] == [0.1, 0.3, 0.6]


def test_all_are_drawn_when_more_are_asked_for_than_there_are():
    draws = draw(items(5, 10**12, 1), b"\1" * 32, 10)
    assert sorted(found.position for found in draws if found.position) == [1, 2, 3]


def test_of_nothing_nothing_is_drawn():
    assert draw((), b"\1" * 32, 10) == ()


@pytest.fixture
def run(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_HOME", str(tmp_path))
    monkeypatch.setenv("REPORTING_DATABASE_URL", str(whole.store.engine.url))
    return lambda *words: CliRunner().invoke(main, ["sample", *words])


def test_the_command_prints_the_proof(run):
    done = run("2008", "--size", "3")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("3 of the ")
    assert len(done.stdout.splitlines()) == 6
    said = json.loads(run("2008", "--size", "3", "--json").stdout)
    assert drawn_by_a_stranger(said) == said["sample"]


def test_a_seed_not_yet_known_ends_with_2(run):
    assert run("2008", "--seed-at", "9999").exit_code == 2
