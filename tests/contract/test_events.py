"""The catalogue: every type of the domain, who posts it, its example, and its limits."""

import copy

import pytest
import rfc8785

from shared.contract.describe import event_types_page
from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX
from shared.contract.fields import Checked, ListOf, Text
from shared.contract.json_schema import object_schema
from shared.contract.roles import ROLES
from shared.contract.schema import EventData, Nested
from shared.contract.strict_json import parse
from tests.contract.fixtures import MISSING, TEXTS, changed, example, faults, paths, replaced

POSTED_BY = {
    "administrator": {
        *("rules.adopted", "rules.reviewed", "member-state.admitted", "member-state.status-changed", "vote.changed"),
        *("line.opened", "project.migrated", "year.closed", "action.confirmed"),
    },
    "finance": {
        *("assessment.issued", "assessment.paid", "income.budgeted", "income.received", "overhead.applied"),
        *("contribution.pledged", "contribution.pledge-reduced", "contribution.committed", "contribution.received"),
        *("contribution.refunded", "grant.disbursed", "expenditure.reported", "grant.balance-returned"),
        *("project.financially-closed", "control-total.reported", "action.confirmed"),
    },
    "programme": {
        *("project.submitted", "project.endorsed", "project.withdrawn", "project.extended", "project.completed"),
        "project.evaluated",
    },
    "approver": {
        *("project.retained", "project.refused", "grant.approved", "grant.increased", "grant.decreased"),
        *("grant.cancelled", "entry.reversed", "override.recorded"),
    },
    "secretariat": {"report.issued", "report.noted"},
}
LEDGER_ONLY = {"line.allocated", "line.allocation-revised", "command.refused", "log.continued"}
ADJUSTING = {
    *("income.received", "overhead.applied", "contribution.received", "contribution.refunded", "grant.approved"),
    *("contribution.pledged", "contribution.pledge-reduced", "contribution.committed"),
    *("grant.increased", "grant.decreased", "grant.disbursed", "grant.cancelled", "grant.balance-returned"),
    *("expenditure.reported", "project.financially-closed", "entry.reversed"),
}
SHORT = {kind.short: kind for kind in EVENT_TYPES.values()}


def test_the_catalogue_holds_the_whole_domain():
    assert SHORT.keys() == set.union(LEDGER_ONLY, *POSTED_BY.values())
    assert all(kind.name == name == PREFIX + kind.short + SUFFIX for name, kind in EVENT_TYPES.items())


def test_each_type_is_posted_by_the_roles_of_the_domain():
    for role in ROLES:
        assert {short for short, kind in SHORT.items() if role in kind.roles} == POSTED_BY.get(role, set())


def test_only_facts_that_closing_binds_may_adjust_a_closed_year():
    assert {short for short, kind in SHORT.items() if "adjusts_year" in kind.schema.members()} == ADJUSTING


def test_every_type_has_one_example():
    assert TEXTS.keys() == SHORT.keys()


@pytest.mark.parametrize("short", TEXTS)
def test_the_example_is_valid_and_kept_as_it_is(short):
    event = parse(TEXTS[short])
    before = copy.deepcopy(event)
    assert check_event(event) == before == event
    assert event["type"] == SHORT[short].name


@pytest.mark.parametrize("short", TEXTS)
def test_members_are_required_unless_marked_otherwise(short):
    for name, member in SHORT[short].schema.members().items():
        assert not member.required or faults(changed(short, **{name: MISSING}))
        assert member.allow_none or faults(changed(short, **{name: None}))


@pytest.mark.parametrize("short", TEXTS)
def test_unknown_members_are_refused_at_every_level(short):
    event = example(short)
    free = ("derivation", "exception", "refusals", "event")
    for path in paths(event):
        if not any(name in path for name in free) and isinstance(changed_place := _at(event, path), dict):
            assert faults(replaced(event, path, changed_place | {"unknown": "x"}))


def _at(event, path):
    for key in path:
        event = event[key]
    return event


@pytest.mark.parametrize("short", TEXTS)
def test_the_quick_answer_agrees_with_marshmallow(short):
    event = example(short)
    schema = SHORT[short].schema
    for path in paths(event["data"]):
        for value in (None, 0, True, "", "x", "USD", "0.00", "2015-01-01", [[]], {}, MISSING):
            if path or value is not MISSING:
                data = replaced(event["data"], path, value)
                assert schema.accepts(data) == (not schema.validate(data))


@pytest.mark.parametrize("short", sorted(SHORT.keys() - LEDGER_ONLY))
def test_no_posted_event_can_outgrow_its_limit(short):
    largest = {"id": "😀" * 128, "source": "x" * 256, "subject": "😀" * 256, "data": _largest(SHORT[short].schema)}
    assert len(rfc8785.dumps(example(short) | largest)) <= 32_768


def _largest(member: Checked | EventData):
    if isinstance(member, EventData):
        return {name: _largest(inner) for name, inner in member.members().items()}
    if isinstance(member, Nested):
        return _largest(member.schema)
    if isinstance(member, ListOf):
        return [_largest(member.item)] * member.most
    if isinstance(member, Text):
        return "😀" * member.most
    choices = member.json.get("enum", ["x" * (10 if member.json.get("format") == "date" else 64)])
    return max(choices, key=len)


def test_the_page_names_every_type_and_member():
    page = event_types_page()
    for kind in EVENT_TYPES.values():
        section = page.split(f"### `{kind.name}`\n")[1].split("\n###")[0]
        assert all(f"| `{name}` |" in section for name in kind.schema.members())


def test_openapi_shows_an_amount_as_a_decimal_string_with_its_pattern():
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("GrantDecided", schema=SHORT["grant.approved"].schema)
    shown = spec.to_dict()["components"]["schemas"]["GrantDecided"]["properties"]["amount"]
    published = object_schema(SHORT["grant.approved"].schema)["properties"]["amount"]
    assert (shown["type"], shown["format"], shown["pattern"]) == ("string", "decimal", published["pattern"])
