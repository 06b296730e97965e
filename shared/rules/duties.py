"""Separation of duties and confirmation by a second subject."""

from shared.rules.case import Case
from shared.rules.refusals import Finding, rule


def _separate(case: Case, others: tuple[str, ...], what: str, who: str) -> Finding | None:
    if case.subject not in others:
        return None
    return case.finding(
        "duties/separate",
        False,
        {"subject": case.subject, "duty": case.short, "did_before": what},
        f"The same subject may not do this and have {what}.",
        f"the same event posted by {who}",
    )


@rule("duties/separate")
def approver_did_not_submit(case: Case) -> Finding | None:
    """Nobody decides on a project that they submitted."""
    return _separate(case, (case.known_project.submitted_by,), "submitted the project", "another approver")


@rule("duties/separate")
def payer_did_not_approve(case: Case) -> Finding | None:
    """Nobody disburses what they approved."""
    return _separate(case, case.known_project.approvers, "approved its grant", "another finance subject")


@rule("duties/separate")
def reverser_did_not_record(case: Case) -> Finding | None:
    """Nobody reverses their own entry."""
    if case.referred is None:
        return None
    return _separate(case, (case.referred["recorded_by"],), "recorded the entry", "another approver")


@rule("duties/separate")
def confirmer_did_not_post(case: Case) -> Finding | None:
    """Nobody confirms their own action."""
    if case.referred is None:
        return None
    return _separate(case, (case.referred["recorded_by"],), "posted the action", "another subject of the same role")


@rule("action/confirmed")
def awaits_confirmation(case: Case) -> Finding:
    """What is confirmed is an action that waits for it, by a subject of the role that posted it."""
    position = case.data["position"]
    waits = position in case.model.pending and case.referred is not None
    role = case.referred["recorded_role"] if waits and case.referred else case.role
    return case.finding(
        "action/confirmed",
        waits and case.role == role,
        {"position": str(position), "waits": "yes" if waits else "no", "role": case.role, "role_of_the_action": role},
        f"Entry {position} is no action that waits for a confirmation by {case.role}.",
        "the position of a rules.adopted, year.closed, line.opened or project.migrated entry not confirmed yet",
    )
