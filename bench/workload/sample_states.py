"""Member States of the sample: admissions, assessments and payments (figures, dates and statuses illustrative)."""

from bench.workload.diary import Diary, Event, fact

STATES = (
    ("KEN", "Kenya", "africa", "developing"),
    ("SEN", "Senegal", "africa", "developing"),
    ("GHA", "Ghana", "africa", "developing"),
    ("TZA", "United Republic of Tanzania", "africa", "developing"),
    ("BGD", "Bangladesh", "asia-and-oceania", "developing"),
    ("PHL", "Philippines", "asia-and-oceania", "developing"),
    ("NPL", "Nepal", "asia-and-oceania", "developing"),
    ("MDA", "Republic of Moldova", "europe", "transition"),
    ("UKR", "Ukraine", "europe", "transition"),
    ("ALB", "Albania", "europe", "transition"),
    ("ROU", "Romania", "europe", "transition"),
    ("COL", "Colombia", "latin-america-and-the-caribbean", "developing"),
    ("ECU", "Ecuador", "latin-america-and-the-caribbean", "developing"),
    ("PER", "Peru", "latin-america-and-the-caribbean", "developing"),
    ("HND", "Honduras", "latin-america-and-the-caribbean", "developing"),
    ("JOR", "Jordan", "middle-east", "developing"),
    ("EGY", "Egypt", "middle-east", "developing"),
    ("YEM", "Yemen", "middle-east", "developing"),
)
ADMITTED_ON = "2001-01-01"
ASSESSED = {"KEN": ("50000.00", "52000.00"), "PER": ("36000.00", "37000.00"), "HND": ("18000.00", "18500.00")}
ORDINARY = ("30000.00", "31000.00")


def write(diary: Diary) -> None:
    """Admit the States, then assess 2006 and 2007 and record what was paid."""
    diary.post("administrator", "Member States of all five regions are admitted", *map(_admitted, STATES))
    diary.post(
        "administrator",
        "Romania joins the European Union",
        fact(
            "member-state.status-changed",
            state="ROU",
            effective_on="2007-01-01",
            eu_member=True,
            reason="Accession to the European Union",
        ),
    )
    diary.post("finance", "Contributions of 2006 and 2007 are assessed", *_assessments())
    diary.post("finance", "All but three States pay in full", *_payments())


def assessed(state: str, year: int, amount: str) -> Event:
    """An assessment in CHF, due on 1 January of its year."""
    return fact("assessment.issued", state=state, year=year, amount=amount, due_on=f"{year}-01-01")


def paid(state: str, amount: str, on: str) -> Event:
    """A payment in CHF towards a State's oldest dues."""
    return fact(
        "assessment.paid", state=state, amount=amount, received_on=on, reference=f"Receipt {state} {on}, illustrative"
    )


def _admitted(row: tuple[str, str, str, str]) -> Event:
    state, name, region, status = row
    return fact(
        "member-state.admitted",
        state=state,
        name=name,
        region=region,
        admitted_on=ADMITTED_ON,
        development_status=status,
    )


def _assessments() -> list[Event]:
    return [
        assessed(state, year, ASSESSED.get(state, ORDINARY)[index])
        for index, year in enumerate((2006, 2007))
        for state, *_ in STATES
    ]


def _payments() -> list[Event]:
    in_full = [paid(state, "61000.00", "2007-06-15") for state, *_ in STATES if state not in ASSESSED]
    in_part = [paid("PER", "36000.00", "2007-07-02"), paid("HND", "0.01", "2007-07-03")]
    return in_full + in_part
