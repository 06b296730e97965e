"""Rule sets: data adopted by events; the set in force on a date judges the facts of that date.

The shipped sets are the files in `rulebooks/`; a later resolution is one `rules.adopted` event.
"""

import json
from decimal import Decimal
from importlib import resources
from typing import Any

from shared.rules.case import Case, Entry
from shared.rules.model import Model, RuleSet
from shared.rules.refusals import Finding, rule

SHIPPED = ("1035", "1150")


def shipped_data(version: str) -> dict[str, Any]:
    """The `rules.adopted` data of a shipped rule set."""
    text = resources.files("shared.rules").joinpath("rulebooks", f"{version}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def rule_set_on(model: Model, date: str) -> RuleSet:
    """The set in force on a date; before the first set's date, the first set."""
    sets = model.rule_sets.rows().values()
    for found in reversed(sets):
        if found.effective_from <= date:
            return found
    return next(iter(sets))


def rule_sets(model: Model) -> list[dict[str, Any]]:
    """Every set in force at some time, oldest first, with its review duty, for GET /v1/rules."""
    return [
        {
            "version": found.version,
            "resolution": found.resolution,
            "adopted_on": found.adopted_on,
            "effective_from": found.effective_from,
            "review_by": found.review_by,
            "reviewed_on": max(model.reviews.get(found.version, ()), default=None),
            "position": found.position,
            "parameters": found.parameters,
            "citations": {
                name: {"resolution": resolution, "paragraph": paragraph}
                for name, (resolution, paragraph) in found.citations.items()
            },
        }
        for found in model.rule_sets.rows().values()
    ]


def draft_set(model: Model, data: dict[str, Any], position: int, *, shipped: bool = False) -> RuleSet:
    """The set that adopting `data` gives: unnamed parameters and their citations stay as they were."""
    earlier = list(model.rule_sets.rows().values())
    before = earlier[-1] if earlier else None
    own = {name: (data["resolution"], paragraph) for name, paragraph in data["citations"].items()}
    changed = () if shipped else tuple(data["parameters"])
    return RuleSet(
        data["version"],
        data["resolution"],
        data["adopted_on"],
        data["effective_from"],
        data.get("review_by"),
        {**(before.parameters if before else {}), **data["parameters"]},
        {**(before.citations if before else {}), **own},
        tuple(dict.fromkeys((*(before.changed if before else ()), *changed))),
        position,
    )


@rule("rules/well-formed")
def well_formed(case: Case) -> Finding:
    """A set has a new version, takes effect after every earlier set, cites each parameter, and can be computed."""
    data, sets = case.data, case.model.rule_sets.rows()
    latest = max(found.effective_from for found in sets.values())
    parameters = draft_set(case.model, data, case.position).parameters
    uncited = sorted(set(data["parameters"]) ^ set(data["citations"]))
    faults = {
        "version_taken": data["version"] if data["version"] in sets else None,
        "not_after": latest if data["effective_from"] <= latest else None,
        "uncited_or_unnamed": uncited or None,
        "share_without_baseline": (parameters["share"] is not None and parameters["baseline"] is None) or None,
        "share_above_one": parameters["share"] if Decimal(parameters["share"] or 0) > 1 else None,
        "review_before_adoption": data["review_by"]
        if (data.get("review_by") or "9999") <= data["adopted_on"]
        else None,
        "no_line_1_amount": parameters["line_1_amount"] is None or None,
    }
    found = {name: str(value) if not isinstance(value, list) else value for name, value in faults.items() if value}
    return case.finding(
        "rules/well-formed",
        not found,
        found or {"version": data["version"], "effective_from": data["effective_from"]},
        "A rule set needs a new version, a date after every earlier set's, and a citation for each parameter.",
        f"a new version, effective after {latest}, with exactly one citation for each parameter named",
    )


@rule("rules/well-formed")
def reviewed_set_known(case: Case) -> Finding:
    """A review names a set that was adopted."""
    versions = list(case.model.rule_sets.rows())
    return case.finding(
        "rules/well-formed",
        case.data["version"] in versions,
        {"version": case.data["version"], "adopted": versions},
        "The review names a rule set that has not been adopted.",
        "a version that is in force or was",
    )


def adopt(model: Model, entry: Entry) -> None:
    """Put a confirmed (or shipped) set in force."""
    adopted = draft_set(model, entry["data"], entry["position"], shipped=entry["recorded_role"] == "ledger")
    model.rule_sets.put(adopted.version, adopted)


def apply_reviewed(model: Model, entry: Entry) -> None:
    """Note the day on which a set was reviewed."""
    version = entry["data"]["version"]
    model.reviews.put(version, (*model.reviews.get(version, ()), entry["data"]["reviewed_on"]))


def take_back_reviewed(model: Model, entry: Entry) -> None:
    """A reversed review no longer counts."""
    version = entry["data"]["version"]
    left = list(model.reviews[version])
    left.remove(entry["data"]["reviewed_on"])
    model.reviews.put(version, tuple(left))
