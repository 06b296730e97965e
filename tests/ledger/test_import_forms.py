"""What `ledger import` reads: JSON Lines, CSV and the flat form, and what it says of lines that do not fit."""

import io
import json
import os

import pytest

from ledger_service.api.checking import BATCH_EVENTS_MAX, EVENT_BYTES_MAX
from ledger_service.importing import checking, posting
from ledger_service.importing.checking import Invalid, check, ready
from ledger_service.importing.flat import columns, event_of
from ledger_service.importing.posters import Poster, Posters
from ledger_service.importing.posting import batches
from ledger_service.importing.source import LINE_BYTES_MAX, Source, format_of, open_source
from shared.bodies import BODY_BYTES_MAX
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed
from shared.contract.roles import ROLES
from tests.contract.fixtures import TEXTS, example

ANYBODY = Posters([Poster(lambda: "token", "anybody", frozenset(ROLES))])
POSTED = [kind.short for kind in EVENT_TYPES.values() if kind.roles]
INTEREST = {
    "type": "income.received", "id": "i-1", "source": "https://sheet.example", "year": "2015", "kind": "interest",
    "amount": "10.50", "currency": "USD", "received_on": "2015-03-01", "reference": "r",
}  # fmt: skip


def source(content, format="csv"):
    return Source(io.BytesIO(content), format, len(content))


def faults(content, format="csv"):
    """What is wrong with a file, as (line, pointer, detail)."""
    with pytest.raises(Invalid) as caught:
        check(ready(source(content, format).records(), ANYBODY))
    return [(fault.line, fault.pointer, fault.detail) for fault in caught.value.faults]


def table(*rows, header=tuple(INTEREST)):
    return "\n".join(",".join(row) for row in (header, *rows)).encode()


def flattened(data, prefix=""):
    """The flat form of an example's data: dotted names, every value a text."""
    cells = {}
    for name, value in data.items():
        if isinstance(value, dict):
            cells |= flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            plain = all(isinstance(item, str | int) for item in value)
            cells[prefix + name] = " ".join(map(str, value)) if plain and value else json.dumps(value)
        else:
            cells[prefix + name] = value if isinstance(value, str) else json.dumps(value)
    return cells


@pytest.mark.parametrize("short", POSTED)
def test_every_type_can_be_written_flat(short):
    event = example(short)
    cells = {f"data.{name}": cell for name, cell in flattened(event["data"]).items()}
    assert event_of({"type": short, "id": event["id"], "source": event["source"], **cells}) == event


def test_the_full_name_of_a_type_is_understood():
    assert event_of(INTEREST) == event_of({**INTEREST, "type": "fund1035.income.received.v1"})


def test_values_of_json_are_kept_as_they_are():
    line = {**INTEREST, "year": 2015, "rate": {"value": "1.1", "on": "2015-01-01", "source": "UN"}}
    data = event_of(line)["data"]
    assert (data["year"], data["amount"], data["rate"]["value"]) == (2015, "10.50", "1.1")


def test_null_is_said_where_a_field_may_be_null():
    adopted = event_of({"type": "rules.adopted", "review_by": "null", "parameters.national_ceiling": "null"})
    assert adopted["data"] == {"review_by": None, "parameters": {"national_ceiling": None}}
    assert event_of({**INTEREST, "reference": "null"})["data"]["reference"] == "null"


def test_lists_are_words_or_json():
    words = event_of({"type": "project.submitted", "states": "KEN UGA", "activities": "1 12"})["data"]
    listed = event_of({"type": "project.submitted", "states": '["KEN", "UGA"]', "activities": "[1, 12]"})["data"]
    assert words == listed == {"states": ["KEN", "UGA"], "activities": [1, 12]}


@pytest.mark.parametrize(
    ("cells", "pointer", "detail"),
    [
        ({"amont": "1.00"}, "amont", "is not a field of this type"),
        ({"amount.value": "1.00"}, "amount.value", "is not a field of this type"),
        ({"rate.values": "1.00"}, "rate.values", "is not a field of this type"),
        ({"data.amount": "1.00"}, "data.amount", "is given twice"),
        ({"rate": '{"value": "1"}', "rate.value": "1"}, "rate.value", "is given twice"),
        ({"rate": "{1}"}, "rate", "is not JSON: "),
        ({"type": "income"}, "type", "is not a known event type"),
    ],
)
def test_a_flat_fact_that_does_not_fit_names_its_column(cells, pointer, detail):
    with pytest.raises(Malformed) as caught:
        event_of({**INTEREST, **cells})
    assert [(fault["pointer"], fault["detail"][: len(detail)]) for fault in caught.value.errors] == [(pointer, detail)]


@pytest.mark.parametrize("year", ["2015.0", "", "zwei", "02015", "1e3"])
def test_what_is_no_integer_stays_for_the_check_to_refuse(year):
    assert event_of({**INTEREST, "year": year})["data"]["year"] == year


def test_a_table_is_read_with_empty_cells_left_out():
    content = table(INTEREST.values(), ("",) * len(INTEREST), header=INTEREST) + b"\r\n"
    found = list(ready(source(b"\xef\xbb\xbf" + content).records(), ANYBODY))
    assert [(item.line, item.event) for item in found] == [(2, event_of(INTEREST))]


def test_a_line_number_is_where_a_row_begins():
    broken = {**INTEREST, "reference": '"two\nlines"'}
    assert [fault[:2] for fault in faults(table(broken.values(), broken.values()))] == [
        (2, "#/data/reference"),
        (4, "#/data/reference"),
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (table(header=("type", "amont", "id")), (1, "amont", "is not a column of any type")),
        (table(header=("type", "source")), (1, "id", "is a missing column")),
        (table(header=("type", "id", "id")), (1, "#", "has a column twice: id")),
        (table((*INTEREST.values(), "more")), (2, "#", "has 10 cells for 9 columns")),
        (table(INTEREST.values()) + b"\xff", (2, "#", "is not UTF-8")),
        (b'type,id\n"a"b,c\n', (2, "#", "is not CSV: ',' expected after '\"'; nothing after it was read")),
        (
            b"type,id\n" + b"x" * (LINE_BYTES_MAX + 1),
            (2, "#", "is longer than 1048576 bytes; nothing after it was read"),
        ),
        (table({**INTEREST, "year": "15"}.values()), (2, "#/data/year", "must be an integer from 1951 to 2099")),
        (table({**INTEREST, "id": ""}.values()), (2, "#/id", "is required")),
    ],
)
def test_a_table_at_fault_names_line_and_column(content, found):
    assert faults(content) == [found]


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (b"{", "#"),
        (b'{"a": 1, "a": 2}', "#"),
        (b"x" * (LINE_BYTES_MAX + 1), "#"),
        (b'{"event": {}, "who": 1}', "#/who"),
        (json.dumps({**json.loads(TEXTS["line.allocated"])}).encode(), "type"),
        (json.dumps({**json.loads(TEXTS["year.closed"]), "specversion": "0.3"}).encode(), "#/specversion"),
    ],
)
def test_a_line_at_fault_names_its_place(line, pointer):
    assert [fault[:2] for fault in faults(b"\n" + line, "jsonl")] == [(2, pointer)]


def test_an_event_too_large_for_the_ledger_is_a_fault():
    large = {**example("year.closed"), "id": "x", "data": {"year": 2015, "closed_on": "2016-01-01", "document": "d"}}
    assert len(list(ready(source(json.dumps(large).encode(), "jsonl").records(), ANYBODY))) == 1
    assert checking.EVENT_BYTES_MAX == EVENT_BYTES_MAX
    assert posting.BATCH_EVENTS_MAX == BATCH_EVENTS_MAX
    assert posting.BODY_BYTES_MAX + EVENT_BYTES_MAX < BODY_BYTES_MAX


def test_columns_of_every_posted_type_are_known():
    assert {"type", "id", "source", "time", "rate.value", "data.source", "parameters.share"} <= columns()
    assert not {"subject", "derivation", "faults"} & columns()


def test_a_pipe_is_spooled_and_read_twice(tmp_path):
    end, start = os.pipe()
    os.write(start, b'{"a": 1}\n')
    os.close(start)
    with open_source("-", None, os.fdopen(end, "rb")) as spooled:
        assert list(spooled.records()) == list(spooled.records()) == [(1, b'{"a": 1}')]
        assert (spooled.format, spooled.size) == ("jsonl", 9)


@pytest.mark.parametrize(
    ("name", "format"), [("a.CSV", "csv"), ("a.jsonl", "jsonl"), ("a.ndjson", "jsonl"), ("-", "jsonl")]
)
def test_a_name_tells_its_format(name, format):
    assert format_of(name) == format


def test_batches_keep_the_order_and_end_where_the_poster_changes():
    others = [Poster(lambda: "", name, frozenset({"finance"})) for name in ("a", "b")]
    events = [checking.Ready(n, {}, b"{}", others[n // 3 % 2]) for n in range(8)]
    assert [[ready.line for ready in batch.events] for batch in batches(iter(events), 2)] == [
        [0, 1],
        [2],
        [3, 4],
        [5],
        [6, 7],
    ]


def test_a_batch_stays_below_the_size_of_a_body(monkeypatch):
    monkeypatch.setattr(posting, "BODY_BYTES_MAX", 20)
    poster = Poster(lambda: "", "a", frozenset())
    found = list(batches([checking.Ready(n, {}, b"x" * 7, poster) for n in range(4)], 100))
    assert [len(batch.events) for batch in found] == [2, 2]
    assert all(len(batch.body()) <= 20 for batch in found)
