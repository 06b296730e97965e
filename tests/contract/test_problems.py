"""Every refusal is a class with its own status and name, and all share one shape."""

import json

from shared.contract.problems import PROBLEMS, Malformed, Problem, Refused, TooManyRequests, Unauthenticated


def test_each_kind_of_problem_has_its_own_status_and_name():
    assert set(Problem.__subclasses__()) == set(PROBLEMS)
    assert len({kind.status for kind in PROBLEMS}) == len({kind.slug for kind in PROBLEMS}) == len(PROBLEMS)


def test_a_problem_document_leaves_out_what_it_has_not():
    document = Malformed([{"pointer": "#/id", "detail": "is required"}]).as_dict("/v1/events")
    assert document == {
        "type": "urn:fund1035:problem:malformed",
        "title": "The request is malformed",
        "status": 400,
        "detail": "#/id is required",
        "instance": "/v1/events",
        "errors": [{"pointer": "#/id", "detail": "is required"}],
    }


def test_a_refusal_carries_its_rules():
    refusal = {"rule": "line/available", "holds": False}
    document = Refused("Line 2 is short.", [refusal], position=9).as_dict()
    assert (document["status"], document["refusals"], document["position"]) == (422, [refusal], 9)
    assert json.dumps(document)


def test_headers_say_what_to_do_next():
    assert Unauthenticated("No token.").headers == {"WWW-Authenticate": "Bearer"}
    assert TooManyRequests("Too many refusals.", seconds=30).headers == {"Retry-After": "30"}
