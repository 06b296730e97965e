"""What can be asked of the committed model, by name, so that a question can be put to another process."""

from collections.abc import Callable
from typing import Any

import orjson

from shared.rules.lines import facility
from shared.rules.membership import eligibility
from shared.rules.model import Model
from shared.rules.rulebook import rule_sets


def _position(model: Model) -> dict[str, Any]:
    return {"position": model.position}


def _rules(model: Model) -> dict[str, Any]:
    return {"position": model.position, "rule_sets": rule_sets(model)}


QUESTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "position": _position,
    "facility": facility,
    "eligibility": eligibility,
    "rules": _rules,
}
"""Each takes the model and the arguments of the question."""


def answered(model: Model, name: str, arguments: list[Any]) -> bytes:
    """The answer to a question as JSON; whatever the question raises."""
    return orjson.dumps(QUESTIONS[name](model, *arguments))
