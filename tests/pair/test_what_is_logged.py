"""What the services print while they work: JSON, each answer with its request's id and position, and no secret."""

import json

from tests.pair.desk import gift


def lines(pair, request_id):
    """What was logged of a request."""
    found = []
    for line in pair.output.read_text().splitlines():
        said = json.loads(line)
        assert {"event", "level", "timestamp"} <= said.keys()
        if said.get("request_id") == request_id:
            found.append(said)
    return found


def posted(desk, request_id, body):
    """Post under a request id of one's own; the answer carries it back."""
    kind = "cloudevents-batch" if isinstance(body, list) else "cloudevents"
    headers = desk.headers("finance", **{"Content-Type": f"application/{kind}+json", "X-Request-Id": request_id})
    answer = desk.session.post(f"{desk.pair.ledger_url}/v1/events", json=body, headers=headers, timeout=30)
    assert answer.headers["X-Request-Id"] == request_id
    return answer


def test_an_answer_is_one_line_with_its_request_and_position(pair, desk):
    position = posted(desk, "one", gift("g-1", "1.00")).json()["position"]
    batch = posted(desk, "many", [gift("g-2", "1.00"), gift("g-3", "1.00")]).json()["receipts"]
    twice = gift("g-4", "1.00") | {"id": "g-1"}
    conflict = posted(desk, "other", twice).json()
    assert [line["position"] for line in lines(pair, "one")] == [position]
    assert [line["position"] for line in lines(pair, "many")] == [batch[-1]["position"]]
    (line,) = lines(pair, "other")
    assert (line["status"], conflict["position"]) == (409, position)
    assert line["subject"] == "finance-gl-1"


def test_a_refusal_is_logged_with_the_position_that_records_it(pair, desk):
    grant = gift("a-1", "1.00") | {
        "type": "fund1035.grant.disbursed.v1",
        "data": {"project": "NC.9", "amount": "1.00", "paid_on": "2008-03-03", "reference": "r"},
    }
    refused = posted(desk, "no", grant)
    assert refused.status_code == 422, refused.text
    (line,) = lines(pair, "no")
    assert (line["status"], line["position"]) == (422, refused.json()["position"])
    counted = desk.ledger("/metrics").text
    for refusal in refused.json()["refusals"]:
        assert f'ledger_refusals_total{{rule="{refusal["rule"]}"}} 1.0' in counted
    assert f"ledger_position {refused.json()['position']:.1f}" in counted


def test_the_memory_of_doors_and_writer_is_told(desk):
    told = dict(line.split() for line in desk.ledger("/metrics").text.splitlines() if not line.startswith("#"))
    doors, writer = (float(told[f"{of}process_resident_memory_bytes"]) for of in ("", "ledger_writer_"))
    assert doors > 1e7
    assert writer > 1e7
    assert doors != writer


def test_no_token_and_no_body_is_ever_logged(pair, desk):
    posted(desk, "secret", gift("g-1", "123456.78"))
    desk.session.get(f"{pair.ledger_url}/v1/facility", headers={"Authorization": "Bearer not.a.token"}, timeout=10)
    printed = pair.output.read_text()
    assert "access refused" in printed
    assert "Bearer" not in printed
    assert "not.a.token" not in printed
    assert "123456.78" not in printed
    assert pair.token("finance").split(".")[0] not in printed
