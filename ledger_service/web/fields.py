"""Forms from schemas: what to ask for an event's data, how what was filled in is read, at which field a fault is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.contract.fields import Amount, Boolean, Checked, Choice, Date, Integer, ListOf, State, Text, Year
from shared.contract.objects import Figures
from shared.contract.schema import EventData, Nested

LINES_MIN = 400
"""Texts that may be longer are asked for in a box of several lines."""
NONE = "none"
"""What is filled in to say null, where the schema admits it."""


@dataclass(frozen=True)
class Asked:
    """One field of a form: `path` is where it stands in the data, such as rate.value."""

    path: str
    field: Checked
    optional: bool
    group: str

    @property
    def look(self) -> str:
        """How it is asked: choice, boolean, date, lines, list, figure or text."""
        field = self.field
        for kind, look in LOOKS.items():
            if isinstance(field, kind):
                return look
        return "lines" if isinstance(field, Text) and field.most >= LINES_MIN else "text"

    @property
    def choices(self) -> list[str]:
        """The words to choose from."""
        return [str(choice) for choice in self.field.json.get("enum", ())]

    @property
    def label(self) -> str:
        """What it is called, in English."""
        return self.path.replace("_", " ").replace(".", ", ")

    @property
    def hint(self) -> str:
        """What is meant, and how to write it where that is not plain; nothing where the label says it all."""
        field = self.field
        if isinstance(field, ListOf):
            if isinstance(field.item, Nested):
                return f"{field.meaning}: one a line, {', '.join(members_of(field.item))}, separated by |"
            return f"{field.meaning}, separated by commas"
        said = field.meaning + (f"; {NONE} for none" if field.allow_none else "")
        return "" if said.lower() == self.label.lower() else said


LOOKS: dict[type[Checked], str] = {
    Choice: "choice",
    Boolean: "boolean",
    Date: "date",
    ListOf: "list",
    Figures: "lines",
    Amount: "figure",
    Year: "figure",
    Integer: "figure",
}


def members_of(nested: Nested) -> dict[str, Checked]:
    """The members of an object within."""
    return nested.schema.members()


def asked(schema: EventData, path: str = "", *, optional: bool = False) -> Iterator[Asked]:
    """The fields that a form for a schema asks for, those of objects within too."""
    for name, field in schema.members().items():
        leaves = optional or not field.required
        if isinstance(field, Nested):
            yield from asked(field.schema, f"{path}{name}.", optional=leaves)
        else:
            yield Asked(f"{path}{name}", field, leaves, path.rstrip("."))


def data_of(schema: EventData, form: dict[str, str], path: str = "") -> dict[str, Any]:
    """The data that a filled form says; what was left empty is left out."""
    data: dict[str, Any] = {}
    for name, field in schema.members().items():
        if isinstance(field, Nested):
            within = data_of(field.schema, form, f"{path}{name}.")
            if within or field.required:
                data[name] = within
            continue
        text = form.get(f"{path}{name}", "").strip()
        if text or (isinstance(field, ListOf) and field.required):
            data[name] = _value(field, text)
    return data


def _value(field: Checked, text: str) -> Any:
    """A value as JSON has it; what cannot be read stays a text, for the schema to refuse."""
    if field.allow_none and text == NONE:
        return None
    if isinstance(field, ListOf):
        return [_value(field.item, part) for part in _parts(field, text)]
    if isinstance(field, Nested):
        members = members_of(field)
        parts = text.split("|", len(members) - 1)  # the last one may hold a | itself
        return {
            name: _value(member, part.strip()) for (name, member), part in zip(members.items(), parts, strict=False)
        }
    if isinstance(field, Boolean):
        return {"yes": True, "no": False}.get(text, text)
    if isinstance(field, Integer | Year) and text.isascii() and text.lstrip("-").isdigit() and len(text) < 16:
        return int(text)
    return text.upper() if isinstance(field, State) else text


def _parts(field: ListOf, text: str) -> list[str]:
    cut = text.split("\n") if isinstance(field.item, Nested) else text.split(",")
    return [part.strip() for part in cut if part.strip()]


def faults_at(errors: list[Any], fields: list[Asked]) -> tuple[dict[str, str], list[str]]:
    """What is wrong at each field, and what belongs to none."""
    paths = {field.path for field in fields}
    found: dict[str, str] = {}
    others: list[str] = []
    for error in errors:
        path = error["pointer"].removeprefix("#/data").strip("/").replace("/", ".")
        while path and path not in paths:
            path = path.rpartition(".")[0]
        if path:
            found[path] = f"{found[path]}; {error['detail']}" if path in found else error["detail"]
        else:
            others.append(f"{error['pointer'].removeprefix('#/data').strip('/')} {error['detail']}".strip())
    return found, others
