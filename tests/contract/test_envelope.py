"""The CloudEvents envelope: what is recorded, what is dropped, and every fault by its pointer."""

import hashlib
import json

import pytest
import rfc8785
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.contract.envelope import check_event, content_digest
from shared.contract.strict_json import parse
from tests.contract.fixtures import MISSING, changed, example, faults, replaced


def test_what_was_posted_is_what_is_recorded():
    event = example("grant.approved") | {"time": "2015-03-10T09:00:00+02:00", "subject": "NC.0001"}
    assert json.dumps(check_event(event)) == json.dumps(event)


def test_trace_context_is_accepted_and_not_recorded():
    event = example("grant.approved")
    traced = event | {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=1"}
    assert check_event(traced) == event
    assert "traceparent" in traced


def test_an_optional_attribute_that_is_null_counts_as_absent():
    event = example("grant.approved")
    unset = dict.fromkeys(("time", "subject", "traceparent", "tracestate"))
    assert check_event(event | unset) == event


def test_an_event_without_content_type_is_json():
    event = replaced(example("grant.approved"), ("datacontenttype",), MISSING)
    assert check_event(event) == event


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("specversion", value) for value in ("0.3", "1.1", 1, None, MISSING)),
        *(("id", value) for value in ("", " x", "x" * 129, "a\u0000", "a\nb", "a\u202eb", 7, None, MISSING)),
        *(("source", value) for value in ("", "a b", "x" * 257, "a\u0000", 7, None, MISSING)),
        *(("type", value) for value in ("", "grant.approved", "fund1035.grant.approved.v2", [], 7, None, MISSING)),
        *(("time", value) for value in ("", "2015-03-10", "2015-03-10T09:00:00", "9999-12-31T00:00:00Z", 7)),
        *(("subject", value) for value in ("", "x" * 257, "a\u0000b", 7, [])),
        *(("datacontenttype", value) for value in ("", "application/json; charset=utf-8", "text/json", 7)),
        *(("data", value) for value in (None, [], "x", 7, MISSING)),
        *(("traceparent", value) for value in (7, [], "x" * 513)),
        *((name, value) for name in ("dataschema", "data_base64", "position", "sealed") for value in ("x", None)),
    ],
)
def test_a_wrong_attribute_is_named_by_its_pointer(member, value):
    assert list(faults(replaced(example("year.closed"), (member,), value))) == [f"#/{member}"]


def test_an_unknown_type_says_where_the_catalogue_is():
    assert "/v1/event-types" in faults(example("grant.approved") | {"type": "fund1035.grant.given.v1"})["#/type"]


@pytest.mark.parametrize("event", [None, [], "x", 1, True, [example("grant.approved")]])
def test_what_is_no_object_is_no_event(event):
    assert list(faults(event)) == ["#"]


def test_all_faults_are_named_at_once():
    event = changed("income.received", amount="1.5", payer=MISSING, year="2015", rate={"value": "0", "extra": 1}, a=1)
    found = faults(event | {"id": "", "colour": "red"}, "#/3")
    assert found.keys() == {
        *("#/3/id", "#/3/colour", "#/3/data/amount", "#/3/data/year", "#/3/data/a"),
        *("#/3/data/rate/value", "#/3/data/rate/on", "#/3/data/rate/source", "#/3/data/rate/extra"),
    }


def test_elements_of_a_list_are_named_by_index():
    endorsement = {"state": "KEN", "on": "2015-02-30", "document": "x"}
    found = faults(changed("project.submitted", endorsements=[endorsement], activities=[1, 13, True]))
    assert found.keys() == {"#/data/endorsements/0/on", "#/data/activities/1", "#/data/activities/2"}


def test_names_in_pointers_are_escaped():
    assert list(faults(changed("year.closed", **{"a/b~c é": 1}))) == ["#/data/a~1b~0c%20%C3%A9"]


def test_content_is_type_and_data_alone():
    event = example("grant.approved")
    expected = hashlib.sha256(rfc8785.dumps({"type": event["type"], "data": event["data"]})).hexdigest()
    assert content_digest(event) == content_digest(event | {"id": "other", "source": "urn:other:x"}) == expected
    assert content_digest(changed("grant.approved", amount="150000.01")) != expected


def test_an_event_made_by_a_cloudevents_library_is_accepted():
    event = example("year.closed") | {"time": "2016-03-31T10:00:00Z"}
    body = JSONFormat().write(JSONFormat().read(CloudEvent, json.dumps(event)))
    assert check_event(parse(body)).items() >= {"id": event["id"], "data": event["data"]}.items()
