"""The load generator sends what it is given and counts what comes back."""

from bench.everyday import Everyday
from bench.limits.bare_flask import RECEIPT, bare_flask
from bench.load import EVENT, Request, generator


def test_every_prepared_body_is_sent_and_answered():
    bodies = [[b"{}" * size for size in (1, 1_000, 400_000)] for _ in range(5)]
    with bare_flask() as bind, generator() as load:
        measured = load.load(Request(bind, "token", EVENT), bodies)
    assert measured.statuses == {201: 15}
    assert len(measured.latencies) == 15
    assert measured.others == 0
    assert measured.ms(0.5) <= measured.ms(0.99)


def test_answers_other_than_accepted_are_counted():
    with bare_flask() as bind, generator() as load:
        measured = load.load(Request(bind, "token", EVENT, "/nowhere"), [[b"{}"], [b"{}"]])
    assert measured.others == 2


def test_a_receipt_of_the_limit_is_as_long_as_ours():
    assert 350 <= len(RECEIPT) <= 450


def test_clients_never_share_a_project():
    everyday = Everyday()
    everyday._unpaid.update({f"NC.{number}": 100_000 for number in range(10)})
    shares = everyday._shares(4)
    assert sorted(project for share in shares for project in share) == sorted(everyday._unpaid)
