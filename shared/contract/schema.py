"""The schema of an object: marshmallow's verdict with every fault, and a quick yes or no from the same fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, validates_schema

from shared.contract.checks import Check
from shared.contract.fields import Checked, Faults, Json

Found = Iterator[tuple[tuple[str, ...], str]]


@dataclass(frozen=True)
class Together:
    """A check on several members at once: `words` for the docs, `json` where JSON Schema can say it too.

    `find(valid, posted)` sees the members that pass their own check, and all that were posted; it yields the path of
    the member at fault (none: the object itself) and a sentence.
    """

    words: str
    find: Callable[[Mapping[str, Any], Mapping[str, Any]], Found]
    json: Json = field(default_factory=dict)


class EventData(Schema):
    """The members of an event's `data` or of an object within: unknown ones are refused, nothing is converted."""

    class Meta:
        unknown = RAISE

    together: ClassVar[tuple[Together, ...]] = ()
    error_messages = {  # noqa: RUF012 – as marshmallow declares it
        "type": "must be an object",
        "unknown": "is not a known member",
    }

    def __init__(self) -> None:
        super().__init__()
        self._checks = {name: _nullable(member) for name, member in self.members().items()}
        self._required = {name for name, member in self.fields.items() if member.required}

    @classmethod
    def of(cls, name: str, members: Mapping[str, Checked]) -> "EventData":
        """A schema whose members are named at run time."""
        return cls.from_dict(dict(members), name=name)()  # type: ignore[return-value]

    def members(self) -> dict[str, Checked]:
        """The fields by name, in the order of their definition."""
        return {name: member for name, member in self.fields.items() if isinstance(member, Checked)}

    def accepts(self, value: object) -> bool:
        """Whether `validate` would find nothing: the same checks without collecting messages, many times faster."""
        if type(value) is not dict:
            return False
        checks_ = self._checks
        for name, member in value.items():
            check = checks_.get(name)
            if check is None or check(member) is not None:
                return False
        if not self._required <= value.keys():
            return False
        return not any(fault for together in self.together for fault in together.find(value, value))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _together(self, data: Mapping[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        messages: dict[str, Any] = {}
        for together in self.together if type(original) is dict else ():
            for path, sentence in together.find(data, original):
                node = messages
                *within, last = path or ("_schema",)
                for name in within:
                    node = node.setdefault(name, {})
                node.setdefault(last, []).append(sentence)
        if messages:
            raise ValidationError(messages)


class Nested(Checked):
    """Object described by a schema of its own."""

    def __init__(self, meaning: str, schema: EventData, kind: str, **options: bool) -> None:
        self.schema = schema
        super().__init__(meaning, kind, self._check, {"type": "object"}, **options)

    def _check(self, value: object) -> str | None:
        return None if self.schema.accepts(value) else "must be an object as described"

    def faults(self, value: object) -> Faults | None:
        """The faults of the members by name."""
        if type(value) is not dict:
            return ["must be an object"]
        return None if self.schema.accepts(value) else self.schema.validate(value)


def _nullable(member: Checked) -> Check:
    check = member.check
    if not member.allow_none:
        return check
    return lambda value: None if value is None else check(value)
