"""What a present JSON Schema no longer accepts of what a released one did: an explicit comparison, keyword by keyword.

Wider is compatible, narrower is not. Keywords that this comparison does not know are a fault, so that none slips by.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

WORDS = {"$schema", "$id", "title", "description", "examples"}
LEAST, MOST = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")
AS_IT_WAS = ("pattern", "format", "propertyNames", "if", "then", "else", "not")
COMPARED = {"type", "enum", "const", "properties", "required", "additionalProperties", "items", "uniqueItems"}
NAMES = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
KNOWN = WORDS | COMPARED | {*LEAST, *MOST, *AS_IT_WAS, "anyOf", "allOf"}


def narrowed(released: Schema, present: Schema, at: str = "#") -> Iterator[str]:
    """A sentence for everything that the released schema accepts and the present one may refuse."""
    if unknown := (released.keys() | present.keys()) - KNOWN:
        yield f"{at}: the comparison does not know {', '.join(sorted(unknown))}"
    if "anyOf" in released or "anyOf" in present:
        yield from _alternatives(released, present, at)
        return
    yield from _values(released, present, at)
    yield from _bounds(released, present, at)
    yield from _members(released, present, at)
    if "items" in present:
        yield from narrowed(released.get("items", {}), present["items"], f"{at}/items")
    for condition in present.get("allOf", ()):
        if not any(_implies(before, condition) for before in released.get("allOf", ())):
            yield f"{at}: a condition is new or changed: {condition}"


def _alternatives(released: Schema, present: Schema, at: str) -> Iterator[str]:
    """Every released alternative must still be accepted by one of the present ones."""
    for before in released.get("anyOf", [released]):
        found = [list(narrowed(before, now, at)) for now in present.get("anyOf", [present])]
        if all(found):
            yield from min(found, key=len)


def _values(released: Schema, present: Schema, at: str) -> Iterator[str]:
    before, now = _allowed(released), _allowed(present)
    if now is not None and (before is None or (gone := [value for value in before if value not in now])):
        yield f"{at}: no longer accepts {'any value' if before is None else gone}"
    types = _types(released)
    if "type" in present and not (types and types <= _types(present)):
        yield f"{at}: the type was {sorted(types) or 'any'} and is {present['type']}"


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _types(schema: Schema) -> set[str]:
    """The types that it names, or those of the values that it names; none: any."""
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    return {NAMES[type(value)] for value in _allowed(schema) or ()}


def _bounds(released: Schema, present: Schema, at: str) -> Iterator[str]:
    for names, is_narrower in ((LEAST, int.__gt__), (MOST, int.__lt__)):
        for name in names:
            if name in present and (name not in released or is_narrower(present[name], released[name])):
                yield f"{at}: {name} was {released.get(name, 'none')} and is {present[name]}"
    for name in AS_IT_WAS:
        if name in present and present[name] != released.get(name):
            yield f"{at}: {name} was {released.get(name, 'none')} and is {present[name]}"
    if present.get("uniqueItems") and not released.get("uniqueItems"):
        yield f"{at}: elements may no longer be repeated"


def _members(released: Schema, present: Schema, at: str) -> Iterator[str]:
    before, now = released.get("properties", {}), present.get("properties", {})
    closed = present.get("additionalProperties") is False
    if closed and released.get("additionalProperties") is not False:
        yield f"{at}: members of other names are no longer accepted"
    for name, member in before.items():
        if name in now:
            yield from narrowed(member, now[name], f"{at}/{name}")
        elif closed:
            yield f"{at}/{name}: is gone"
    for name in sorted(set(present.get("required", ())) - set(released.get("required", ()))):
        yield f"{at}/{name}: is required now"


def _implies(before: Schema, now: Schema) -> bool:
    """The same condition, or one of alternatives to which more were added."""
    if before.keys() == now.keys() == {"anyOf"}:
        return all(alternative in now["anyOf"] for alternative in before["anyOf"])
    return before == now
