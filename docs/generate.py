"""Makes the reference pages from the code: `make docs`. A test compares what is committed with what this makes."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from ledger_service import app as ledger_app
from ledger_service import settings as ledger_settings
from ledger_service.api.ledger import ledger_of
from reporting_service import app as reporting_app
from reporting_service import settings as reporting_settings
from reporting_service.api.admitting import admission as reporting_admission
from reporting_service.follower.follower import FollowerStatus
from reporting_service.metrics import Metrics as ReportingMetrics
from shared.contract.event_type import EventType
from shared.contract.events import EVENT_TYPES
from shared.contract.schema import EventData, Nested

REFERENCE = Path(__file__).parent / "reference"
MADE = "Made by `make docs` from the code; do not edit."


def event_types() -> str:
    """The catalogue: a section per type, a row per member."""
    rows = "\n".join(_overview(kind) for kind in EVENT_TYPES.values())
    sections = "\n\n".join(_section(kind) for kind in EVENT_TYPES.values())
    return f"""# Event types

{MADE}

The same catalogue is served at `/v1/event-types`, and as JSON Schema 2020-12 at `/schemas/{{type}}`. Amounts are
decimal strings with exactly two places. A type without a role is recorded by the ledger itself.

| Type | What happened | Who posts it |
|---|---|---|
{rows}

{sections}
"""


def _overview(kind: EventType) -> str:
    return f"| [`{kind.short}`](#{_anchor(kind)}) | {kind.title} | {_roles(kind)} |"


def _anchor(kind: EventType) -> str:
    return kind.name.replace(".", "")


def _roles(kind: EventType) -> str:
    return ", ".join(sorted(kind.roles)) or "the ledger"


def _section(kind: EventType) -> str:
    together = "".join(f"\n- {words.words}" for words in kind.schema.together)
    return f"""## {kind.name}

{kind.title}. Stream `{kind.stream}`; posted by {_roles(kind)}. Source: {kind.source}.

| Member | | Form | Meaning |
|---|---|---|---|
{_members(kind.schema)}{f"{chr(10)}{together}" if together else ""}"""


def _members(schema: EventData, prefix: str = "") -> str:
    return "\n".join(_member_rows(schema, prefix))


def _member_rows(schema: EventData, prefix: str) -> Iterator[str]:
    for name, member in schema.members().items():
        need = "required" if member.required else "optional"
        kind = f"{member.kind} or null" if member.allow_none else member.kind
        yield f"| `{prefix}{name}` | {need} | {_cell(kind)} | {_cell(member.meaning)} |"
        if isinstance(member, Nested):
            yield from _member_rows(member.schema, f"{prefix}{name}.")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def openapi_ledger() -> str:
    """The ledger's OpenAPI document as it serves it."""
    with tempfile.TemporaryDirectory() as home:
        app = ledger_app.create_app(ledger_settings.load({"FUND_HOME": home}))
        with closing(ledger_of(app)):
            return _served(app)


def openapi_reporting() -> str:
    """Reporting's OpenAPI document as it serves it, with nothing to follow."""
    with tempfile.TemporaryDirectory() as home:
        settings = reporting_settings.load({"FUND_HOME": home}, serving=False)
        return _served(reporting_app.create_app(settings, follower=_Nothing()))


class _Nothing:
    """A follower of no log."""

    def status(self) -> FollowerStatus:
        """Nothing was followed."""
        return FollowerStatus()


def _served(app: Flask) -> str:
    document = app.test_client().get("/openapi.json").get_json()
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def metrics() -> str:
    """What each service measures: a row per metric."""
    with tempfile.TemporaryDirectory() as home:
        app = ledger_app.create_app(ledger_settings.load({"FUND_HOME": home}))
        with closing(ledger_of(app)):
            of_ledger = _measured(ledger_of(app).metrics.registry)
    of_reporting = ReportingMetrics(FollowerStatus).registry
    of_reporting.register(reporting_admission(1))
    head = "| Metric | Kind | Meaning |\n|---|---|---|"
    return f"""# Metrics

{MADE}

Served at `/metrics` in the Prometheus text format, to the roles `administrator` and `auditor`; each process counts for
itself, from its start. Beside these there are the client library's `process_*`: memory, processor time, open files,
start; and of the ledger's writer, which is a process of its own, the same as `ledger_writer_process_*`. What to watch
them for: [operate](../how-to/operate.md).

## The ledger

{head}
{of_ledger}

## Reporting

{head}
{_measured(of_reporting)}
"""


def _measured(registry: CollectorRegistry) -> str:
    ours = (family for family in registry.collect() if not family.name.startswith("process_"))
    return "\n".join(sorted(_metric_row(family) for family in ours))


def _metric_row(family: Metric) -> str:
    shown = {"counter": f"{family.name}_total", "histogram": f"{family.name}_bucket` `_sum` `_count"}
    return f"| `{shown.get(family.type, family.name)}` | {family.type} | {_cell(family.documentation)} |"


PAGES: dict[str, Callable[[], str]] = {
    "event-types.md": event_types,
    "metrics.md": metrics,
    "openapi-ledger.json": openapi_ledger,
    "openapi-reporting.json": openapi_reporting,
}


def main() -> int:
    """Write every reference page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make())
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
