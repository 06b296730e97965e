"""2007: Line 1 alone, under the rule set 1035 (project figures illustrative)."""

from bench.workload.diary import Diary, Event, fact
from bench.workload.sample_parts import actual_income, applied, approved, budget, disbursed, spent, submitted


def write(diary: Diary) -> None:
    """Budget, first projects, refusals of eligibility, duties and Line 2's first year, actual income."""
    diary.post(
        "finance",
        "The budget of 2007 allocates USD 1.4 million to Line 1",
        budget(2007, "22100000.00", "4800000.00", "3600000.00", "1500000.00"),
    )
    diary.post("programme", "Seven projects apply", *_first_applications(), *_later_applications())
    _decisions(diary)
    _payments(diary)
    diary.post(
        "finance",
        "Actual income and overhead of 2007",
        *actual_income(2007, "22480000.00", "4850000.00", "3550000.00", "1610000.00"),
        applied(2007, "staff-position", "12400000.00", "Core positions at Headquarters and in the field"),
        applied(2007, "administrative-support", "4100000.00", "Administrative support"),
    )


def _first_applications() -> list[Event]:
    return [
        submitted("NC.0001", "SEN", "line-1", "120000.00", "2007-05-02", "Labour migration unit in Senegal"),
        submitted(
            "NC.0002", "PHL", "line-1", "150000.00", "2007-05-09", "Pre-departure information in the Philippines"
        ),
        submitted(
            "RG.0003",
            "GHA KEN SEN",
            "line-1",
            "240000.00",
            "2007-06-01",
            "Exchange on counter-trafficking",
            area="regulating-migration",
            activities=(4, 7),
            co_funding="60000.00",
        ),
        submitted("NC.0004", "ECU", "line-1", "95000.00", "2007-06-11", "Migration data in Ecuador", activities=(1, 6)),
    ]


def _later_applications() -> list[Event]:
    return [
        submitted(
            "NC.0005",
            "ALB",
            "line-1",
            "60000.00",
            "2007-06-12",
            "Return counselling in Albania",
            area="forced-migration",
        ),
        submitted(
            "NC.0006",
            "ROU",
            "line-1",
            "80000.00",
            "2007-06-13",
            "Border management in Romania",
            area="regulating-migration",
        ),
        submitted(
            "NC.0007",
            "NPL",
            "line-2",
            "100000.00",
            "2007-11-05",
            "Labour attachés of Nepal",
            area="facilitating-migration",
        ),
    ]


def _decisions(diary: Diary) -> None:
    diary.post(
        "programme",
        "Albania withdraws its project",
        fact("project.withdrawn", project="NC.0005", on="2007-07-02", reason="Funded elsewhere, illustrative"),
    )
    diary.post(
        "approver",
        "Three projects are approved on Line 1",
        approved("NC.0001", "120000.00", "2007-07-10"),
        approved("NC.0002", "150000.00", "2007-07-10"),
        approved("RG.0003", "240000.00", "2007-10-05"),
    )
    diary.refused(
        "approver", "A State of the European Union is not eligible", approved("NC.0006", "80000.00", "2007-10-08")
    )
    diary.post(
        "approver",
        "The project of Romania is refused",
        fact("project.refused", project="NC.0006", on="2007-10-09", reason="Not eligible"),
    )
    diary.refused(
        "approver",
        "Who submitted a project may not approve it",
        approved("NC.0004", "95000.00", "2007-11-20"),
        subject="programme-1",
    )
    diary.post(
        "approver", "Another subject approves the project of Ecuador", approved("NC.0004", "95000.00", "2007-11-20")
    )
    diary.refused("approver", "Line 2 has nothing before 2008", approved("NC.0007", "100000.00", "2007-12-10"))


def _payments(diary: Diary) -> None:
    diary.post(
        "finance",
        "First instalments and expenditure",
        disbursed("NC.0001", "80000.00", "2007-08-01"),
        disbursed("NC.0002", "150000.00", "2007-09-03"),
        disbursed("RG.0003", "120000.00", "2007-11-12"),
        spent("NC.0001", "60000.00", "2007-12-31"),
        spent("NC.0002", "90000.00", "2007-12-31"),
    )
