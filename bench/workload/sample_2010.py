"""2010: the cap on new money binds and Line 2 shrinks first (figures illustrative)."""

from bench.workload.diary import Diary, fact
from bench.workload.sample_parts import (
    actual_income,
    applied,
    approved,
    budget,
    contribution,
    disbursed,
    financially_closed,
    returned,
    spent,
    submitted,
)
from bench.workload.sample_states import STATES, assessed, paid


def write(diary: Diary) -> None:
    """Both lines together get no more than miscellaneous income; the rules are reviewed and amended."""
    diary.post(
        "finance",
        "The budget of 2010: the cap leaves Line 2 USD 2.6 million",
        budget(2010, "42500000.00", "6000000.00", "3200000.00", "800000.00"),
    )
    diary.post("finance", "Contributions of 2010 are assessed", *(assessed(row[0], 2010, "32500.00") for row in STATES))
    diary.post(
        "finance",
        "A voluntary contribution lies outside the cap",
        contribution("received", "C.0004", "donor-a", "line-2", "500000.00", "2010-02-15", designated_by="donor"),
    )
    diary.post(
        "approver", "The retained project of Tanzania is approved", approved("NC.0019", "150000.00", "2010-02-22")
    )
    _applications(diary)
    _decisions(diary)
    _cancellation(diary)
    _rules(diary)
    _year_end(diary)


def _applications(diary: Diary) -> None:
    diary.post(
        "programme",
        "Applications of 2010",
        submitted(
            "NC.0022",
            "COL",
            "line-2",
            "200000.00",
            "2010-01-18",
            "Integration of returnees in Colombia",
            area="forced-migration",
        ),
        submitted(
            "RG.0023",
            "BGD NPL PHL",
            "line-2",
            "300000.00",
            "2010-01-19",
            "Ethical recruitment",
            area="facilitating-migration",
            activities=(3, 8),
        ),
        submitted("NC.0024", "HND", "line-1", "85000.00", "2010-01-20", "Passport services of Honduras"),
    )


def _decisions(diary: Diary) -> None:
    diary.post(
        "approver",
        "Approvals at the very ceilings",
        approved("NC.0022", "200000.00", "2010-03-08"),
        approved("RG.0023", "300000.00", "2010-03-08"),
        approved("NC.0024", "85000.00", "2010-03-09"),
    )
    diary.refused(
        "approver", "The ceiling counts increases too", approved("RG.0023", "0.01", "2010-04-12", "increased")
    )
    diary.post("approver", "One grant is decreased", approved("NC.0024", "5000.00", "2010-05-10", "decreased"))
    diary.post(
        "finance",
        "Instalments and expenditure of 2010",
        disbursed("NC.0019", "75000.00", "2010-04-01"),
        disbursed("NC.0022", "120000.00", "2010-04-06"),
        disbursed("RG.0023", "150000.00", "2010-04-07"),
        disbursed("NC.0024", "80000.00", "2010-04-08"),
        disbursed("NC.0018", "190000.00", "2010-04-09"),
        spent("NC.0010", "90000.00", "2010-06-30"),
        spent("NC.0018", "142500.00", "2010-12-31"),
        spent("RG.0023", "61250.75", "2010-12-31"),
    )


def _cancellation(diary: Diary) -> None:
    diary.post(
        "approver",
        "The project of Jordan is cancelled",
        fact(
            "grant.cancelled", project="NC.0015", cancelled_on="2010-06-14", reason="Security situation, illustrative"
        ),
    )
    diary.post(
        "finance",
        "Its unspent balance returns to Line 2",
        returned("NC.0015", "5000.00", "2010-07-12"),
        financially_closed("NC.0015", "2010-08-02"),
    )


def _rules(diary: Diary) -> None:
    diary.post(
        "administrator",
        "The rules of 1150 are reviewed in the third year",
        fact(
            "rules.reviewed",
            version="1150",
            reviewed_on="2010-06-04",
            outcome="Continued, illustrative",
            document="Review of Part III, illustrative",
        ),
    )
    adopted = diary.post(
        "administrator",
        "An illustrative resolution sets ceilings on Line 1 from 2011",
        fact(
            "rules.adopted",
            version="illustrative-2011",
            resolution="Illustrative resolution of 2010",
            adopted_on="2010-11-29",
            effective_from="2011-01-01",
            review_by="2013-12-31",
            parameters={"line_1_national_ceiling": "200000.00", "line_1_regional_ceiling": "300000.00"},
            citations={"line_1_national_ceiling": "paragraph 1", "line_1_regional_ceiling": "paragraph 2"},
        ),
    )
    diary.confirm("administrator", "A second administrator puts it in force", adopted[0], "administrator-2")


def _year_end(diary: Diary) -> None:
    diary.post(
        "finance", "Payments of assessed contributions", *(paid(row[0], "32000.00", "2010-11-19") for row in STATES)
    )
    diary.post(
        "finance",
        "Actual income and overhead of 2010",
        *actual_income(2010, "42910000.00", "6050000.00", "3260000.00", "790000.00"),
        applied(2010, "staff-position", "21500000.00", "Core positions at Headquarters and in the field"),
        applied(2010, "administrative-support", "8200000.00", "Administrative support"),
    )
