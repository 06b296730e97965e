"""2008: Line 2 begins, income is revised, Article 4 and the ceilings bar (figures illustrative)."""

from bench.workload.diary import Diary, Event, fact
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
    """A normal year: both lines funded, contributions, a revision, refusals, the closing of 2007."""
    diary.post(
        "finance",
        "The budget of 2008 gives Line 2 USD 1.25 million",
        budget(2008, "24900000.00", "5400000.00", "4400000.00", "1600000.00"),
    )
    diary.post("finance", "Contributions of 2008 are assessed", *(assessed(row[0], 2008, "31500.00") for row in STATES))
    diary.post("finance", "Direct voluntary contributions to Line 2", *_contributions())
    diary.post(
        "approver",
        "The project of Nepal is approved in Line 2's first year",
        approved("NC.0007", "100000.00", "2008-01-15"),
    )
    close(diary, 2007, "2008-03-31")
    diary.post(
        "finance",
        "A balance returned in 2007 is reported late, as a prior-period adjustment",
        returned("NC.0002", "5000.00", "2007-12-20", adjusts_year=2007),
    )
    diary.post("programme", "Applications of 2008", *_first_applications(), *_later_applications())
    _decisions(diary)
    _article_4(diary)
    diary.post(
        "finance",
        "Income is revised upwards: Line 2 gains USD 100,000",
        budget(2008, "25300000.00", "5400000.00", "4400000.00", "1600000.00", revised_on="2008-10-28"),
    )
    diary.post(
        "approver", "The revised income carries an increase", approved("NC.0010", "20000.00", "2008-11-03", "increased")
    )
    _instalments(diary)
    _reports(diary)
    _year_end(diary)


def _contributions() -> list[Event]:
    rate = {"value": "1.4600", "on": "2008-02-01", "source": "UN operational rate of exchange, illustrative"}
    return [
        contribution("pledged", "C.0001", "donor-a", "line-2", "400000.00", "2008-01-20", designated_by="donor"),
        contribution("received", "C.0001", "donor-a", "line-2", "300000.00", "2008-02-11", designated_by="donor"),
        contribution("committed", "C.0002", "donor-b", "line-2", "50000.00", "2008-02-04", currency="EUR", rate=rate),
        contribution("received", "C.0002", "donor-b", "line-2", "50000.00", "2008-02-18", currency="EUR", rate=rate),
        contribution("received", "C.0003", "AUT", "line-1", "25000.00", "2008-03-03", designated_by="administration"),
    ]


def _first_applications() -> list[Event]:
    return [
        submitted(
            "NC.0010",
            "SEN",
            "line-2",
            "200000.00",
            "2008-02-20",
            "Labour migration unit in Senegal, second phase",
            follow_up_of="NC.0001",
        ),
        submitted(
            "NC.0011", "KEN", "line-2", "150000.00", "2008-02-21", "Diaspora engagement of Kenya", activities=(2, 5)
        ),
        submitted("NC.0012", "GHA", "line-2", "250000.00", "2008-02-25", "Migration profile of Ghana", activities=(1,)),
        submitted(
            "RG.0013",
            "COL ECU PER",
            "line-2",
            "290000.00",
            "2008-02-26",
            "Andean labour mobility",
            area="facilitating-migration",
        ),
    ]


def _later_applications() -> list[Event]:
    return [
        submitted(
            "NC.0014",
            "BGD",
            "line-2",
            "195000.00",
            "2008-03-05",
            "Safe migration from Bangladesh",
            activities=(3, 9),
            endorsed=False,
        ),
        submitted(
            "NC.0015",
            "JOR",
            "line-2",
            "160000.00",
            "2008-03-06",
            "Border training in Jordan",
            area="regulating-migration",
        ),
        submitted(
            "NC.0016", "UKR", "line-2", "175000.00", "2008-03-07", "Migration data in Ukraine", area="cross-cutting"
        ),
        submitted("NC.0017", "MDA", "line-1", "140000.00", "2008-03-10", "Remittances to Moldova"),
    ]


def _decisions(diary: Diary) -> None:
    diary.refused(
        "approver", "The national ceiling of Line 2 is USD 200,000", approved("NC.0012", "250000.00", "2008-03-14")
    )
    diary.post(
        "approver",
        "Approvals of 2008",
        approved("NC.0010", "180000.00", "2008-03-14"),
        approved("NC.0012", "200000.00", "2008-03-14"),
        approved("RG.0013", "290000.00", "2008-03-14"),
        approved("NC.0015", "160000.00", "2008-03-17"),
        approved("NC.0016", "175000.00", "2008-03-17"),
        approved("NC.0017", "140000.00", "2008-03-17"),
    )
    diary.post(
        "programme",
        "The endorsement of Bangladesh arrives",
        fact(
            "project.endorsed",
            project="NC.0014",
            state="BGD",
            on="2008-04-02",
            document="Letter NC.0014 BGD, illustrative",
        ),
    )
    diary.post("approver", "The project of Bangladesh is approved", approved("NC.0014", "195000.00", "2008-04-07"))


def _article_4(diary: Diary) -> None:
    diary.refused("approver", "Kenya's arrears of two years bar Line 2", approved("NC.0011", "150000.00", "2008-04-01"))
    diary.post("finance", "Kenya pays part of its arrears", paid("KEN", "60000.00", "2008-06-20"))
    diary.post(
        "approver",
        "The bar has lifted: the project of Kenya is approved",
        approved("NC.0011", "150000.00", "2008-07-01"),
    )


def _instalments(diary: Diary) -> None:
    ids = diary.post(
        "finance",
        "Instalments of 2008",
        disbursed("NC.0004", "95000.00", "2008-01-20"),
        disbursed("NC.0001", "40000.00", "2008-02-15"),
        disbursed("RG.0003", "60000.00", "2008-04-10"),
        *(disbursed(f"NC.00{n}", "100000.00", "2008-05-05") for n in (10, 12, 14, 16, 17)),
        disbursed("RG.0013", "150000.00", "2008-05-06"),
        disbursed("NC.0007", "100000.00", "2008-05-07"),
        disbursed("NC.0015", "40000.00", "2008-05-07"),
        disbursed("NC.0011", "75000.00", "2008-08-01"),
        disbursed("NC.0012", "100000.00", "2008-09-01"),
        disbursed("RG.0013", "50000.00", "2008-09-02"),
    )
    diary.reverse("A payment booked twice is reversed", ids[-1], "Booked twice, illustrative")


def _reports(diary: Diary) -> None:
    diary.post(
        "finance",
        "Expenditure of 2008",
        spent("NC.0002", "55000.00", "2008-06-30"),
        spent("NC.0001", "48000.00", "2008-08-31"),
        spent("NC.0004", "95000.00", "2008-10-31"),
        spent("RG.0003", "150000.00", "2008-12-31"),
        spent("NC.0012", "120000.00", "2008-12-31"),
        spent("NC.0015", "35000.00", "2008-12-31"),
        spent("NC.0007", "80000.00", "2008-12-31"),
    )
    diary.post(
        "programme",
        "Three projects of 2007 are completed",
        completed("NC.0002", "2008-06-30"),
        completed("NC.0001", "2008-08-31"),
        completed("NC.0004", "2008-10-31"),
    )
    diary.post(
        "finance",
        "An unspent balance returns to Line 1 and the projects are closed",
        financially_closed("NC.0002", "2008-09-30"),
        returned("NC.0001", "12000.00", "2008-11-14"),
        financially_closed("NC.0001", "2008-12-05"),
        financially_closed("NC.0004", "2008-12-05"),
    )


def _year_end(diary: Diary) -> None:
    states = [row[0] for row in STATES if row[0] != "KEN"]
    diary.post(
        "finance", "Payments of assessed contributions", *(paid(state, "30000.00", "2008-11-20") for state in states)
    )
    diary.post(
        "finance",
        "Actual income and overhead of 2008",
        *actual_income(2008, "25120000.00", "5350000.00", "4380000.00", "1655000.00"),
        applied(2008, "staff-position", "13900000.00", "Core positions at Headquarters and in the field"),
        applied(2008, "administrative-support", "4600000.00", "Administrative support"),
    )
