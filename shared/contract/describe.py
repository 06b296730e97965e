"""The catalogue in words: the reference page of event types, in Markdown."""

from collections.abc import Iterator

from shared.contract.event_type import EventType
from shared.contract.events import EVENT_TYPES
from shared.contract.fields import Checked, ListOf
from shared.contract.schema import EventData, Nested

_HEAD = """\
Made from the schemas that the ledger validates with; JSON Schema 2020-12 of each at `GET /schemas/{type}`. Unknown
members are refused, and nothing is converted: what was posted is what is recorded.

| Kind | Form |
|---|---|
| amount | decimal string with exactly two places and at most 15 digits before the point: `"1250.00"`, never a number |
| date | `YYYY-MM-DD`, a day that exists, 1951 to 2099 |
| year | integer, 1951 to 2099 |
| State | ISO 3166-1 alpha-3 |
| code | 1 to 32 letters, digits, dots and hyphens, beginning with a letter or a digit |
| State or code | a donor: a State, or the code of a donor whose name is kept elsewhere |
| currency | ISO 4217, past ones in the years they were in use |
| text ≤ n | one line of visible text, trimmed: no control characters, bidirectional overrides or non-characters |
| SHA-256 | 64 lower-case hexadecimal digits |
"""


def event_types_page(note: str = "") -> str:
    """docs/reference/event-types.md; `note` stands above the rest and says how the page is made."""
    overview = ["| Type | What happened | Posted by |", "|---|---|---|", *map(_overview, EVENT_TYPES.values())]
    sections = [
        "# Event types\n",
        *([note + "\n"] if note else []),
        _HEAD,
        "\n".join(overview),
        "\n## Types\n",
        *map(_type_section, EVENT_TYPES.values()),
    ]
    objects: dict[str, EventData] = {}
    for kind in EVENT_TYPES.values():
        objects |= dict(_objects(kind.schema))
    sections += ["## Objects\n", *(_object_section(name, schema) for name, schema in objects.items())]
    return "\n".join(sections)


def _overview(kind: EventType) -> str:
    return f"| [`{kind.short}`](#{kind.name.replace('.', '')}) | {kind.title} | {_posted_by(kind)} |"


def _posted_by(kind: EventType) -> str:
    return ", ".join(sorted(kind.roles)) or "the ledger itself"


def _type_section(kind: EventType) -> str:
    facts = f"{kind.title}. Posted by: {_posted_by(kind)}. Stream: {_stream(kind)}. Source: {kind.source}."
    return f"### `{kind.name}`\n\n{facts}\n\n{_members(kind.schema)}"


def _stream(kind: EventType) -> str:
    return kind.stream if " " in kind.stream else f"`{kind.stream}`"


def _object_section(name: str, schema: EventData) -> str:
    return f"### {name}\n\n{_members(schema)}"


def _members(schema: EventData) -> str:
    rows = ["| Field | Kind | Required | Meaning |", "|---|---|---|---|"]
    rows += [_row(name, member) for name, member in schema.members().items()]
    if schema.together:
        rows += ["", *(f"- {together.words}" for together in schema.together)]
    return "\n".join(rows) + "\n"


def _row(name: str, member: Checked) -> str:
    kind = f"{member.kind} or null" if member.allow_none else member.kind
    return f"| `{name}` | {kind} | {'yes' if member.required else 'no'} | {member.meaning} |"


def _objects(schema: EventData) -> Iterator[tuple[str, EventData]]:
    for member in schema.members().values():
        inner = member.item if isinstance(member, ListOf) else member
        if isinstance(inner, Nested):
            yield inner.kind, inner.schema
            yield from _objects(inner.schema)
