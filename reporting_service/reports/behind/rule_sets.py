"""Behind a parameter: the event that adopted it."""

from typing import NamedTuple

from reporting_service.projections.duties import rule_set, rule_sets
from reporting_service.projections.view import View


class Parameter(NamedTuple):
    """A parameter's value as text and the position of the rule set that gave it that value."""

    value: str
    position: int


def parameter(view: View, date: str, name: str) -> Parameter | None:
    """A parameter as in force on a date; None where it has no value."""
    in_force = rule_set(view, date)
    found: Parameter | None = None
    for adopted in rule_sets(view).rule_sets.rows().values():
        value = adopted.parameters[name]
        if value is None:
            found = None
        elif found is None or found.value != str(value):
            found = Parameter(str(value), adopted.position)
        if adopted is in_force:
            return found
    return None
