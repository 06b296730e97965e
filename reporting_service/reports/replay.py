"""What were all balances at a position, what did the event there change, and which rules spoke?"""

from decimal import Decimal
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.duties import rule_sets
from reporting_service.projections.projects import projects
from reporting_service.projections.statement import last_balance, movements_at
from reporting_service.projections.view import View
from reporting_service.reports.trial_balance import Account, trial_balance, trial_balance_document
from shared.money import ZERO, text
from shared.rules.allocation import LINES
from shared.rules.kinds import KINDS
from shared.rules.refusals import SOURCES

ENVELOPE = ("position", "type", "id", "source", "stream", "recorded_at", "recorded_by", "recorded_role")
BOOKED = ("effective_on", "year", "rule_set")


def replay(view: View, position: int) -> dict[str, Any] | None:
    """The books right after the entry at a position, beside those before it; None where there is none."""
    entry = log_copy.entry_at(view.connection, position)
    if entry is None or position > view.position:
        return None
    after, before = view.at(position), view.at(position - 1)
    accounts = trial_balance(after)
    return {
        "event": {name: entry[name] for name in (*ENVELOPE, *BOOKED)} | {"data": entry["data"]},
        "caused_by": _cause(entry),
        "changed": {
            "accounts": _changed(trial_balance(before), accounts),
            "lines": {line: _line(after, line, position) for line in LINES},
            "project": _project(before, after, entry),
        },
        "rules": _rules(after, entry),
        "balances": trial_balance_document(accounts),
        "proof": f"/v1/events/{position}/proof",
    }


def _cause(entry: dict[str, Any]) -> int | None:
    """The entry that made the ledger record this one by itself."""
    cause, _, number = entry["id"].partition("/")
    own = entry["recorded_role"] == "ledger" or entry["type"][9:-3] in ("line.allocated", "line.allocation-revised")
    return int(cause) if own and number not in ("", "0") and cause.isdigit() and int(cause) else None


def _changed(before: list[Account], after: list[Account]) -> list[dict[str, Any]]:
    old = {account.account: _balance(account) for account in before}
    return [
        {
            "account": account.account,
            "line": account.line,
            "before": text(old.get(account.account, ZERO)),
            "after": text(_balance(account)),
            "difference": text(_balance(account) - old.get(account.account, ZERO)),
        }
        for account in after
        if _balance(account) != old.get(account.account, ZERO)
    ]


def _balance(account: Account) -> Decimal:
    return account.debits - account.credits


def _line(after: View, line: str, position: int) -> dict[str, Any]:
    """A line's available money before and after, and the rows of T2 in which the event counts."""
    moved = movements_at(after, line, position)
    now = last_balance(after, line)
    before = now - sum((movement.amount for movement in moved), ZERO)
    rows = [{"row": movement.row, "year": movement.year, "amount": text(movement.amount)} for movement in moved]
    return {"before": text(before), "after": text(now), "movements": rows}


def _project(before: View, after: View, entry: dict[str, Any]) -> dict[str, Any] | None:
    """The project's status before and after, where the event concerns one."""
    named = entry["data"]
    if "position" in named and (inner := log_copy.entry_at(after.connection, named["position"])):
        named = inner["data"]
    code = named.get("project")
    if code is None:
        return None
    found = (projects(view, [code]).get(code) for view in (before, after))
    was, now = (project.status if project else None for project in found)
    return {"project": code, "before": was, "after": now}


def _rules(view: View, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules that refused the event, that its derivation cites, or that it was tested by and passed."""
    data, short = entry["data"], entry["type"][9:-3]
    if short == "command.refused":
        refusals = data.get("refusals") or [found for fault in data["faults"] for found in fault["refusals"]]
        return [{"rule": found["rule"], "outcome": "refused", "citation": found["citation"]} for found in refusals]
    if "derivation" in data:
        named = [data["derivation"].get("binding"), (data.get("exception") or {}).get("rule")]
        cited = dict.fromkeys(rule for rule in named if rule)
        return [{"rule": rule, "outcome": "applied", "citation": _citation(view, entry, rule)} for rule in cited]
    if entry["recorded_role"] == "ledger":
        return []
    kind = KINDS[short]
    tested = dict.fromkeys(rule.id for rule in (*kind.gates, *kind.rules))
    return [{"rule": rule, "outcome": "passed", "citation": _citation(view, entry, rule)} for rule in tested]


def _citation(view: View, entry: dict[str, Any], rule: str) -> dict[str, str]:
    """Where the rule is written: the rule set's own paragraph where it changed the parameter."""
    source = SOURCES[rule]
    found = rule_sets(view).rule_sets.get(entry["rule_set"])
    if found is not None and source.parameter in found.changed:
        resolution, paragraph = found.citations[source.parameter]
        return {"resolution": resolution, "paragraph": paragraph}
    return {"resolution": source.resolution, "paragraph": source.paragraph}


def told(found: dict[str, Any]) -> str:
    """A replay in plain sentences, for the command line."""
    event, changed = found["event"], found["changed"]
    where = f"Position {event['position']}: {event['type']} of {event['source']} {event['id']}"
    when = f"recorded {event['recorded_at']} by {event['recorded_by']} ({event['recorded_role']})"
    lines = [
        f"{where}, {when}, booked on {event['effective_on']}.",
        *(
            f"  {one['account']}: {one['before']} -> {one['after']} ({one['difference']})"
            for one in changed["accounts"]
        ),
    ]
    if changed["project"]:
        was = changed["project"]
        lines.append(f"  {was['project']}: {was['before'] or 'unknown'} -> {was['after'] or 'unknown'}")
    lines += [_cited(rule) for rule in found["rules"]]
    lines.append("Balances:")
    lines += [f"  {one['account']}: {one['balance']}" for one in found["balances"]["accounts"]]
    return "\n".join(lines)


def _cited(rule: dict[str, Any]) -> str:
    return f"  {rule['rule']} {rule['outcome']} ({rule['citation']['resolution']}, {rule['citation']['paragraph']})"
