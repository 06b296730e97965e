"""Whatever is posted, the answer is the event or a list of faults: nothing else is ever raised."""

import json

from hypothesis import example as tried
from hypothesis import given
from hypothesis import strategies as st

from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from tests.contract.fixtures import TEXTS, example, paths, replaced

EVENTS = {short: example(short) for short in TEXTS}
PLACES = [(short, path) for short, event in EVENTS.items() for path in paths(event)]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["\ud800", "\0", "0001-01-01", "9999-12-31", "1.0000000", "-0.00", "9" * 19 + ".00", "e\u0301"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def answer(body: bytes):
    try:
        return check_event(parse(body), "#/7"), []
    except Malformed as refusal:
        return None, refusal.errors


@given(st.sampled_from(PLACES), values)
@tried(("grant.approved", ("data",)), {"_schema": 1})
@tried(("project.submitted", ("data", "states")), [["KEN"], {"KEN": 1}])
@tried(("rules.adopted", ("data", "parameters")), {"article_4_bars": {"0": "line-1"}})
def test_any_value_at_any_place_is_recorded_as_posted_or_refused(place, value):
    short, path = place
    posted = replaced(EVENTS[short], path, value)
    recorded, errors = answer(json.dumps(posted).encode())
    assert all(error["pointer"].startswith("#") and error["detail"] for error in errors)
    assert errors or recorded.items() <= posted.items()


@given(st.sampled_from(PLACES), values)
def test_the_quick_answer_and_marshmallow_agree_about_any_value(place, value):
    short, path = place
    data = replaced(EVENTS[short], path, value)
    data = data.get("data") if isinstance(data, dict) else data
    schema = EVENT_TYPES[EVENTS[short]["type"]].schema
    assert schema.accepts(data) == (not schema.validate(data))
