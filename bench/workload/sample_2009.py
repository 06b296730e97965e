"""2009: Discretionary Income stands at the baseline, so Line 2 gets nothing new (figures illustrative)."""

from bench.workload.diary import Diary, fact, short
from bench.workload.sample_parts import (
    actual_income,
    applied,
    approved,
    budget,
    close,
    completed,
    contribution,
    disbursed,
    financially_closed,
    returned,
    spent,
    submitted,
)
from bench.workload.sample_states import STATES, assessed, paid


def write(diary: Diary) -> None:
    """Line 2 lives on what it carried forward; a project is retained; 2008 is closed."""
    diary.post(
        "finance",
        "The budget of 2009 is at the baseline: Line 2 gets 0.00",
        budget(2009, "19000000.00", "4500000.00", "4200000.00", "1800000.00"),
    )
    diary.post("finance", "Contributions of 2009 are assessed", *(assessed(row[0], 2009, "32000.00") for row in STATES))
    diary.post("finance", "The ledger's totals of 2008, for comparison", _control_total(diary))
    close(diary, 2008, "2009-03-31")
    _contributions(diary)
    _line_2_runs_short(diary)
    _line_1_applies(diary)
    _line_1_overrides(diary)
    _projects_end(diary)
    _projects_close(diary)
    _year_end(diary)


def _control_total(diary: Diary) -> dict[str, object]:
    events = [event for step in diary.steps if step.expected_status == 201 for event in step.events]
    reports = [event["data"] for event in events if short(event) == "expenditure.reported"]
    cents = [int(data["amount"].replace(".", "")) for data in reports if data["period_end"].startswith("2008")]
    return fact(
        "control-total.reported",
        source="https://finance.example/gl",
        type="fund1035.expenditure.reported.v1",
        period_start="2008-01-01",
        period_end="2008-12-31",
        count=len(cents),
        amount=f"{sum(cents) // 100}.{sum(cents) % 100:02d}",
    )


def _contributions(diary: Diary) -> None:
    rate = {"value": "1.4000", "on": "2009-02-01", "source": "UN operational rate of exchange, illustrative"}
    diary.post(
        "finance",
        "A pledge is reduced and a part of a receipt refunded",
        contribution("pledge-reduced", "C.0001", "donor-a", "line-2", "100000.00", "2009-02-09"),
        contribution("refunded", "C.0002", "donor-b", "line-2", "5000.00", "2009-02-16", currency="EUR", rate=rate),
    )


def _line_2_runs_short(diary: Diary) -> None:
    diary.post(
        "programme",
        "Two States apply on Line 2",
        submitted("NC.0018", "EGY", "line-2", "190000.00", "2009-02-02", "Labour market observatory of Egypt"),
        submitted(
            "NC.0019",
            "TZA",
            "line-2",
            "150000.00",
            "2009-02-03",
            "Border posts of Tanzania",
            area="regulating-migration",
        ),
    )
    diary.post("approver", "The project of Egypt takes what is left", approved("NC.0018", "190000.00", "2009-04-06"))
    diary.refused("approver", "Line 2 is short of money", approved("NC.0019", "150000.00", "2009-04-06"))
    diary.post(
        "approver",
        "The project of Tanzania is retained",
        fact("project.retained", project="NC.0019", on="2009-04-07", reason="Awaits money in Line 2"),
    )


def _line_1_applies(diary: Diary) -> None:
    diary.post(
        "programme",
        "Applications on Line 1, one following up another of the same line",
        submitted(
            "NC.0020",
            "ECU",
            "line-1",
            "110000.00",
            "2009-03-02",
            "Migration data in Ecuador, second phase",
            follow_up_of="NC.0004",
        ),
        submitted(
            "RG.0021",
            "JOR YEM EGY",
            "line-1",
            "220000.00",
            "2009-03-03",
            "Regional consultations",
            area="cross-cutting",
        ),
    )


def _line_1_overrides(diary: Diary) -> None:
    approval = approved("NC.0020", "110000.00", "2009-05-04")
    diary.refused("approver", "A follow-up within Line 1 needs an override", approval)
    diary.post(
        "approver",
        "Another approver records the override",
        fact(
            "override.recorded",
            rule="project/follow-up-direction",
            project="NC.0020",
            decision=approval["data"]["decision"],
            reason="Part III is silent on a follow-up within Line 1, illustrative",
        ),
        subject="approver-2",
    )
    diary.post("approver", "Both projects are approved", approval, approved("RG.0021", "220000.00", "2009-05-04"))
    diary.post(
        "finance",
        "Their first instalments",
        disbursed("NC.0020", "60000.00", "2009-06-01"),
        disbursed("RG.0021", "110000.00", "2009-06-02"),
    )


def _projects_end(diary: Diary) -> None:
    diary.post(
        "approver",
        "A regional project is cancelled: what was not disbursed is freed",
        fact("grant.cancelled", project="RG.0003", cancelled_on="2009-05-15", reason="Partner withdrew, illustrative"),
    )
    diary.post(
        "finance",
        "Expenditure, and balances returned",
        returned("RG.0003", "30000.00", "2009-07-01"),
        spent("NC.0012", "65000.00", "2009-06-30"),
        spent("NC.0007", "20000.00", "2009-07-31"),
    )
    diary.post(
        "programme",
        "Two projects are completed",
        completed("NC.0012", "2009-06-30"),
        completed("NC.0007", "2009-07-31"),
    )


def _projects_close(diary: Diary) -> None:
    diary.post(
        "finance",
        "Financial closure",
        returned("NC.0012", "15000.00", "2009-09-10"),
        financially_closed("RG.0003", "2009-07-31"),
        financially_closed("NC.0012", "2009-09-30"),
        financially_closed("NC.0007", "2009-09-30"),
    )
    diary.post(
        "programme",
        "The project of Nepal is evaluated, that of Senegal extended",
        fact(
            "project.evaluated",
            project="NC.0007",
            on="2009-11-10",
            follow_on_funding="350000.00",
            document="Evaluation NC.0007, illustrative",
        ),
        fact(
            "project.extended",
            project="NC.0010",
            ends_on="2010-06-30",
            on="2009-08-20",
            decision="Extension NC.0010, illustrative",
        ),
    )


def _year_end(diary: Diary) -> None:
    diary.post(
        "finance", "Payments of assessed contributions", *(paid(row[0], "31000.00", "2009-11-20") for row in STATES)
    )
    diary.post(
        "finance",
        "Actual income and overhead of 2009",
        *actual_income(2009, "19240000.00", "4450000.00", "4150000.00", "1720000.00"),
        applied(2009, "staff-position", "10700000.00", "Core positions at Headquarters and in the field"),
        applied(2009, "administrative-support", "3700000.00", "Administrative support"),
    )
