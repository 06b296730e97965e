"""The marshmallow fields that events are made of: each keeps the value as posted, or says in one sentence why not."""

from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from shared.contract import checks
from shared.contract.checks import Check
from shared.contract.currencies import CURRENCIES
from shared.contract.strict_json import INTEGER_MAX

LINES = ("line-1", "line-2")
REGIONS = ("africa", "asia-and-oceania", "europe", "latin-america-and-the-caribbean", "middle-east")
AREAS = (
    "migration-and-development",
    "facilitating-migration",
    "regulating-migration",
    "forced-migration",
    "cross-cutting",
)
STATUSES = ("developing", "transition", "other")

Json = dict[str, Any]
Faults = list[str] | dict[Any, Any]


class Checked(fields.Field[Any]):
    """A required field with a plain `check`; `kind` names it in the docs and, if shared, in JSON Schema."""

    kind: str
    json: Json
    check: Check
    default_error_messages = {"required": "is required", "null": "may not be null"}  # noqa: RUF012 – declared there

    def __init__(
        self, meaning: str, kind: str, check: Check, json: Json, *, optional: bool = False, nullable: bool = False
    ) -> None:
        self.meaning, self.kind, self.check, self.json = meaning, kind, check, json
        metadata = {**json, "description": meaning}
        super().__init__(required=not optional, allow_none=nullable, metadata=metadata)

    def faults(self, value: object) -> Faults | None:
        """What is wrong with the value, as marshmallow messages."""
        sentence = self.check(value)
        return None if sentence is None else [sentence]

    def _deserialize(self, value: object, *_: Any, **__: Any) -> object:
        if faults := self.faults(value):
            raise ValidationError(faults)
        return value


def _string(pattern: str, **more: object) -> Json:
    return {"type": "string", "pattern": pattern, **more}


class Amount(Checked):
    """Decimal string with two places; `least` is "positive", "zero" or "any"."""

    _CHECKS: ClassVar[dict[str, tuple[str, Check, str]]] = {
        "positive": ("amount > 0", checks.check_amount, checks.AMOUNT_POSITIVE),
        "zero": ("amount ≥ 0", checks.check_amount_or_zero, checks.AMOUNT),
        "any": ("amount of any sign", checks.check_amount_signed, checks.AMOUNT_SIGNED),
    }

    def __init__(self, meaning: str, least: str = "positive", **options: bool) -> None:
        kind, check, pattern = self._CHECKS[least]
        super().__init__(meaning, kind, check, _string(pattern, format="decimal", examples=["1250.00"]), **options)


class Share(Checked):
    """Fraction from 0 to 1 as a decimal string."""

    def __init__(self, meaning: str, **options: bool) -> None:
        check = checks.matching(checks.SHARE, 'must be a decimal string from 0 to 1 such as "0.25"')
        super().__init__(meaning, "fraction", check, _string(checks.SHARE, format="decimal"), **options)


class Date(Checked):
    """ISO date as a string; `year_end` admits only 31 December."""

    def __init__(self, meaning: str, *, year_end: bool = False, **options: bool) -> None:
        if year_end:
            pattern = "^(?:195[1-9]|19[6-9][0-9]|20[0-9]{2})-12-31$"
            super().__init__(meaning, "31 December", checks.check_year_end, _string(pattern, format="date"), **options)
        else:
            super().__init__(meaning, "date", checks.check_date, _string(checks.DATE, format="date"), **options)


class Year(Checked):
    """Calendar year as an integer, 1951 to 2099."""

    def __init__(self, meaning: str, **options: bool) -> None:
        json = {"type": "integer", "minimum": checks.YEAR_MIN, "maximum": checks.YEAR_MAX}
        super().__init__(meaning, "year", checks.integer(checks.YEAR_MIN, checks.YEAR_MAX), json, **options)


class Integer(Checked):
    """JSON integer within bounds."""

    def __init__(self, meaning: str, least: int, most: int = INTEGER_MAX, **options: bool) -> None:
        json = {"type": "integer", "minimum": least, "maximum": most}
        kind = f"integer ≥ {least}" if most == INTEGER_MAX else f"integer {least}–{most}"
        super().__init__(meaning, kind, checks.integer(least, most), json, **options)


class Boolean(Checked):
    """true or false."""

    def __init__(self, meaning: str, **options: bool) -> None:
        super().__init__(meaning, "boolean", checks.check_boolean, {"type": "boolean"}, **options)


class Text(Checked):
    """One line of visible text up to `most` characters."""

    def __init__(self, meaning: str, most: int = 200, **options: bool) -> None:
        self.most = most
        json = _string(checks.TEXT, minLength=1, maxLength=most)
        super().__init__(meaning, f"text ≤ {most}", checks.text(most), json, **options)


class Choice(Checked):
    """One of a few words."""

    def __init__(self, meaning: str, *choices: str, **options: bool) -> None:
        kind = " · ".join(f"`{choice}`" for choice in choices)
        super().__init__(meaning, kind, checks.one_of(*choices), {"enum": list(choices)}, **options)


class Line(Choice):
    """A funding line."""

    def __init__(self, meaning: str = "the funding line", **options: bool) -> None:
        super().__init__(meaning, *LINES, **options)


class State(Checked):
    """ISO 3166-1 alpha-3 code."""

    def __init__(self, meaning: str = "the State", **options: bool) -> None:
        super().__init__(meaning, "State", checks.check_state, {"enum": sorted(checks.STATES)}, **options)


class Currency(Checked):
    """ISO 4217 code; whether it was in use on the fact's date is checked beside the date."""

    def __init__(self, meaning: str = "currency of the amount", **options: bool) -> None:
        super().__init__(meaning, "currency", checks.check_currency, {"enum": sorted(CURRENCIES)}, **options)


class Code(Checked):
    """Project, contribution or donor code; a donor State's ISO code is such a code too."""

    def __init__(self, meaning: str, kind: str = "code", **options: bool) -> None:
        check = checks.matching(checks.CODE, "must be a code of 1 to 32 letters, digits, dots and hyphens")
        super().__init__(meaning, kind, check, _string(checks.CODE), **options)


class Donor(Code):
    """ISO 3166-1 alpha-3 code of a State, or the code of a donor whose name is kept elsewhere."""

    def __init__(self, meaning: str = "the donor: a State or a code", **options: bool) -> None:
        super().__init__(meaning, "State or code", **options)


class UriReference(Checked):
    """RFC 3986 URI-reference up to 256 characters."""

    def __init__(self, meaning: str, **options: bool) -> None:
        json = _string(checks.URI_REFERENCE, format="uri-reference", minLength=1, maxLength=256)
        super().__init__(meaning, "URI-reference", checks.check_uri_reference, json, **options)


class Digest(Checked):
    """SHA-256 in 64 lower-case hexadecimal digits."""

    def __init__(self, meaning: str, **options: bool) -> None:
        check = checks.matching(checks.DIGEST, "must be 64 lower-case hexadecimal digits")
        super().__init__(meaning, "SHA-256", check, _string(checks.DIGEST), **options)


class Root(Checked):
    """Merkle root: base64 of 32 bytes."""

    def __init__(self, meaning: str, **options: bool) -> None:
        super().__init__(meaning, "base64 of 32 bytes", checks.check_root, _string(checks.ROOT), **options)


class ListOf(Checked):
    """Array without repetition, within bounds, of values that another field accepts."""

    def __init__(self, meaning: str, item: Checked, most: int, least: int = 0, **options: bool) -> None:
        self.item, self.least, self.most = item, least, most
        json = {"type": "array", "items": item.json, "minItems": least, "maxItems": most, "uniqueItems": True}
        super().__init__(meaning, f"list of {item.kind}, {least}–{most}", self._check, json, **options)

    def _check(self, value: object) -> str | None:
        return "must be a list as described" if self.faults(value) else None

    def faults(self, value: object) -> Faults | None:
        """The array's own fault, or those of its elements by index."""
        if type(value) is not list:
            return ["must be an array"]
        if not self.least <= len(value) <= self.most:
            return [f"must have {self.least} to {self.most} elements"]
        found = {index: faults for index, item in enumerate(value) if (faults := self.item.faults(item))}
        if not found and any(item in value[:index] for index, item in enumerate(value)):
            return ["may not name the same thing twice"]
        return found or None
