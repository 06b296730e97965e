"""What facts are read from: JSON, CloudEvents one by one and in batches, files to import, drafts of rules."""

import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

from ledger_service.api import apart
from ledger_service.api.checking import checked_batch, events_in
from ledger_service.importing.checking import Invalid, check, ready
from ledger_service.importing.posters import Poster, Posters
from ledger_service.importing.source import Source
from ledger_service.journal.commands import marks_of
from reporting_service.api.what_if import draft_of
from shared.contract.envelope import check_event, content_digest
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed, Problem, TooLarge
from shared.contract.roles import ROLES
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical
from tests.contract.fixtures import TEXTS, example
from tests.fuzz.making import altered, text, value
from tests.fuzz.parser import Parser

EVENTS = [example(short) for short in TEXTS]
COMPACT = [json.dumps(event, ensure_ascii=False).encode() for event in EVENTS]
ANYBODY = Posters([Poster(lambda: "token", "anybody", frozenset(ROLES))])
DRAFT = {
    "parameters": {"share": "0.25", "national_ceiling": None, "cap": "none", "article_4_bars": ["line-2"]},
    "citations": {"share": "paragraph 3"},
    "effective_from": "2008-01-01",
}


def _with_a_reason(read: Callable[[Any], Any], content: Any) -> Any:
    """What is read; a refusal must say why."""
    refused: Malformed | Invalid | None = None
    try:
        found = read(content)
    except (Malformed, Invalid) as refusal:
        refused = refusal
    if refused is None:
        return found
    told = refused.faults if isinstance(refused, Invalid) else refused.errors
    assert told, "refused without a reason"
    raise refused


def read_json(content: bytes) -> None:
    """Strict JSON; what is accepted can be written and read again."""
    found = _with_a_reason(parse, content)
    assert parse(canonical(found)) == found, "written and read again it is another value"


def read_event(content: bytes) -> None:
    """A CloudEvent; the quick check and the one that finds words agree, and what is accepted is accepted again."""
    event = _with_a_reason(check_event, parse(content))
    assert EVENT_TYPES[event["type"]].schema.validate(event["data"]) == {}, "marshmallow finds faults"
    assert check_event(parse(canonical(event))) == event, "written and read again it is another event"
    assert len(content_digest(event)) == 64


def read_batch(content: bytes) -> None:
    """A batch, in the ordinary way and by the process that checks large ones: both say the same."""
    seen = apart._seen(apart.examined(content))
    try:
        marks = marks_of(checked_batch(events_in(content, batch=True), len(content)))
    except Problem as problem:
        assert _refused(seen) == problem.as_dict(), "the checking process says something else"  # noqa: PT017
        raise
    assert seen.found == marks, "the checking process refuses what the ordinary way takes"


def _refused(seen: apart.Seen) -> dict[str, Any] | None:
    """What the checking process refuses it with."""
    try:
        seen.marks  # noqa: B018 - raises
    except Problem as problem:
        return problem.as_dict()
    return None


def read_import(format: str) -> Any:
    """A file to import: checked whole, as `ledger import` does before it posts anything."""

    def read(content: bytes) -> None:
        found = ready(Source(io.BytesIO(content), format, len(content)).records(), ANYBODY)
        _with_a_reason(check, found)

    return read


def read_draft(content: bytes) -> None:
    """The body of a what-if."""
    draft_of(parse(content))


def an_event(chance: Random) -> bytes:
    """An event whose JSON is well formed, and odd in some places."""
    return text(altered(chance.choice(EVENTS), chance), chance)


def a_batch(chance: Random) -> bytes:
    """A few events, some of them odd, some of them twice."""
    events = [chance.choice(EVENTS) for _ in range(chance.randrange(1, 4))]
    return text([altered(event, chance) if chance.random() < 0.3 else event for event in events], chance)


def json_lines(chance: Random) -> bytes:
    """Lines of events: bare, wrapped, flat, odd."""
    return b"\n".join(text(_line(chance), chance) for _ in range(chance.randrange(1, 4)))


def _line(chance: Random) -> Any:
    event = chance.choice(EVENTS)
    shape = chance.randrange(4)
    if shape == 0:
        event = {"role": chance.choice(ROLES), "subject": "anybody", "event": event}
    elif shape == 1:
        event = _flat(event)
    return altered(event, chance) if chance.random() < 0.6 else event


def _flat(event: dict[str, Any]) -> dict[str, Any]:
    cells = {"type": event["type"], "id": event["id"], "source": event["source"]}
    for name, member in event["data"].items():
        if isinstance(member, dict):
            cells |= {f"{name}.{below}": json.dumps(said) for below, said in member.items()}
        else:
            cells[f"data.{name}"] = member if isinstance(member, str) else json.dumps(member)
    return cells


def a_table(chance: Random) -> bytes:
    """A CSV file of one type of fact: quoted or not, some cells odd."""
    rows = [_flat(chance.choice(EVENTS)) for _ in range(chance.randrange(1, 3))]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([_cell(row.get(name, ""), chance) for name in columns] for row in rows)]
    return chance.choice(("\n", "\r\n")).join(",".join(line) for line in lines).encode("utf-8", "surrogatepass")


def _cell(cell: Any, chance: Random) -> str:
    said = str(value(chance)) if chance.random() < 0.05 else str(cell)
    return '"' + said.replace('"', '""') + '"' if chance.random() < 0.8 else said


def a_draft(chance: Random) -> bytes:
    """A draft of rules, odd in some places."""
    return text(altered(DRAFT, chance), chance)


def _json() -> Parser:
    specimens = [*COMPACT, b'[1,-2,"\\u00e9",null,true,{"a":[]}]', b"9007199254740991", b'"\\ud83d\\ude00"']
    return Parser("json", read_json, (Malformed,), specimens, lambda chance: text(value(chance, 6), chance))


def _event() -> Parser:
    return Parser("event", read_event, (Malformed,), COMPACT, an_event)


def _batch() -> Parser:
    specimens = [b"[" + b",".join(COMPACT[at : at + 3]) + b"]" for at in range(0, len(COMPACT), 3)]
    return Parser("batch", read_batch, (Malformed, TooLarge), specimens, a_batch)


def _lines() -> Parser:
    specimens = [b"\n".join(COMPACT[at : at + 2]) for at in range(0, len(COMPACT), 2)]
    return Parser("import-jsonl", read_import("jsonl"), (Invalid,), specimens, json_lines)


def _table() -> Parser:
    chance = Random(1035)
    return Parser("import-csv", read_import("csv"), (Invalid,), [a_table(chance) for _ in range(40)], a_table)


def _draft() -> Parser:
    return Parser("what-if", read_draft, (Malformed,), [json.dumps(DRAFT).encode()], a_draft)


PARSERS = {
    "json": _json,
    "event": _event,
    "batch": _batch,
    "import-jsonl": _lines,
    "import-csv": _table,
    "what-if": _draft,
}
