"""Many at once: whoever comes first wins, everybody else hears why not, and no order of theirs breaks a rule."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.pair import Pair
from tests.faults.clock import actual_income
from tests.faults.doors import CLIENTS, Door, at_once
from tests.faults.ground import Case, Ground, Outcome
from tests.pair.desk import event, gift
from tests.postgres.ledgers import application, approval, kenya

Posts = list[tuple[dict[str, Any], str]]
"""What each client posts, and in which role."""


def contended(contest: Callable[[Ground, random.Random, list[Door]], int], ground: Ground, chance: random.Random,
              *, ledgers: int = 1) -> Outcome:  # fmt: skip
    """A contest on one ledger, or on two on the same store; `contest` says how many took part."""
    ground.start()
    others = [Pair(ground.pair.home, settings=ground.settings, output=ground.folder / "second.log", reporting=False)
              for _ in range(ledgers - 1)]  # fmt: skip
    try:
        for other in others:
            other.start()
        doors = [Door.of(ground, pair.ledger_url) for pair in (ground.pair, *others)]
        faults = contest(ground, chance, doors)
        lost, doubled = ground.check()
    finally:
        for other in others:
            other.stop()
    ground.stop()
    return Outcome(len(ground.acknowledged), faults, lost, doubled, 0.0)


def _all_at_once(doors: list[Door], chance: random.Random, posts: Posts) -> list[Any]:
    """The answers to what clients post at once, each through one of the doors."""
    through = [chance.randrange(len(doors)) for _ in posts]
    clients = [doors[door].client(f"client-{number}") for number, door in enumerate(through)]
    return at_once(len(posts), lambda index: clients[index].post(*posts[index]))


def _statuses(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def _rules(answers: list[Any]) -> set[str]:
    """The rules that refused some of them."""
    refused = [answer.json() for answer in answers if answer.status_code == 422]
    return {refusal["rule"] for said in refused for refusal in said["refusals"]}


def same_key(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """One event from 32 clients under one key: recorded once, one receipt for all."""
    answers = _all_at_once(doors, chance, [(gift("same", "10.00"), "finance")] * CLIENTS)
    assert _statuses(answers) == {201: 1, 200: CLIENTS - 1}
    assert len({answer.content for answer in answers}) == 1
    return CLIENTS


def last_dollar(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """32 approvals of all that Line 2 has: one is recorded, and the line is at nought, never below."""
    codes = [f"L.{number}" for number in range(CLIENTS)]
    _accepted(ground, kenya(), "administrator")
    _accepted(ground, gift("purse", "1000.00"), "finance")
    _accepted(ground, [application(code, "1000.00") for code in codes], "programme")
    answers = _all_at_once(doors, chance, [(approval(code, "1000.00"), "approver") for code in codes])
    assert _statuses(answers) == {201: 1, 422: CLIENTS - 1}
    assert _rules(answers) == {"line/available"}
    lines = ground.read("/v1/facility", year=2008).json()["lines"]
    assert lines["line-2"]["available"] == "0.00"
    return CLIENTS


def reversal(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """32 reversals of one entry by 32 subjects: one takes effect."""
    position = _accepted(ground, gift("wrong", "77.00"), "finance")
    posts: Posts = [
        (event(f"reverse-{number}", "entry.reversed", position=position, reason="posted twice"), "approver")
        for number in range(CLIENTS)
    ]
    answers = _all_at_once(doors, chance, posts)
    assert _statuses(answers) == {201: 1, 422: CLIENTS - 1}, [answer.text for answer in answers][:2]
    return CLIENTS


def close_against_post(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """A year is closed while 31 clients post into it: what came before stands, what came after is refused."""
    _accepted(ground, actual_income("income", 2008, "2008-12-31"), "finance")
    closed = event("close", "year.closed", year=2008, closed_on="2009-03-31", document="accounts of 2008")
    position = _accepted(ground, closed, "administrator")
    posts = [_confirmation(position, "administrator")]
    posts += [(gift(f"late-{number}", "1.00"), "finance") for number in range(CLIENTS - 1)]
    chance.shuffle(posts)
    answers = _all_at_once(doors, chance, posts)
    _in_order(ground, posts, answers, lambda _: True)
    return CLIENTS


def rules_against_post(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """A ceiling is lowered while 31 clients post approvals above it: each judged by the rules of its turn."""
    codes = [f"R.{number}" for number in range(CLIENTS - 1)]
    _accepted(ground, kenya(), "administrator")
    _accepted(ground, gift("purse", "900000.00"), "finance")
    _accepted(ground, [application(code, "2000.00") for code in codes], "programme")
    adopted = event(
        "lower", "rules.adopted", version="lower", resolution="illustrative", adopted_on="2008-05-01",
        effective_from="2008-06-01", review_by=None, parameters={"national_ceiling": "1000.00"},
        citations={"national_ceiling": "paragraph 1"},
    )  # fmt: skip
    position = _accepted(ground, adopted, "administrator")
    posts = [_confirmation(position, "administrator")]
    posts += [(approval(code, "2000.00"), "approver") for code in codes]
    chance.shuffle(posts)
    answers = _all_at_once(doors, chance, posts)
    _in_order(ground, posts, answers, lambda entry: entry["rule_set"] != "lower")
    return CLIENTS


def _in_order(ground: Ground, posts: Posts, answers: list[Any], holds: Callable[[dict[str, Any]], bool]) -> None:
    """Everything before the confirmation stands, and `holds` for it; everything after it is refused."""
    placed = dict(zip((posted["id"] for posted, _ in posts), answers, strict=True))
    turned = placed.pop("confirm")
    assert turned.status_code == 201, turned.text
    at = turned.json()["position"]
    for id, answer in placed.items():
        position = answer.json()["position"]
        assert (answer.status_code == 201) == (position < at), f"{id}: {answer.status_code} at {position}, {at}"
        if answer.status_code == 201:
            assert holds(ground.read(f"/v1/events/{position}").json()), id


def _confirmation(position: int, role: str) -> tuple[dict[str, Any], str]:
    return event("confirm", "action.confirmed", position=position), role


def _accepted(ground: Ground, posted: dict[str, Any] | list[dict[str, Any]], role: str) -> int:
    answer = ground.post(posted, role)
    assert answer.status_code in (200, 201), answer.text
    body = answer.json()
    return int(body["receipts"][-1]["position"] if "receipts" in body else body["position"])


CONTESTS = {
    "same-key-32": same_key,
    "last-dollar-32": last_dollar,
    "reversal-32": reversal,
    "close-against-post": close_against_post,
    "rules-against-post": rules_against_post,
}


def _all(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """On two ledgers: the same key, then the last dollar."""
    return same_key(ground, chance, doors) + last_dollar_after(ground, chance, doors)


def last_dollar_after(ground: Ground, chance: random.Random, doors: list[Door]) -> int:
    """The last dollar, where the line has something already: a project takes that first."""
    available = ground.read("/v1/facility", year=2008).json()["lines"]["line-2"]["available"]
    back = gift("same", available)["data"] | {"designated_by": "donor"}
    _accepted(ground, event("back", "contribution.refunded", **back), "finance")
    return last_dollar(ground, chance, doors)


CASES: dict[str, Case] = {name: partial(contended, contest) for name, contest in CONTESTS.items()}
CASES["two-ledgers"] = partial(contended, _all, ledgers=2)
