"""The shapes of answers, for the interface description."""

from typing import Any

import marshmallow as ma

fields = ma.fields


def usd(**more: Any) -> fields.String:
    """An amount as text with two places."""
    metadata = {"pattern": r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$", "format": "decimal", "description": "USD", **more}
    return fields.String(required=True, metadata=metadata)


def text(**metadata: Any) -> fields.String:
    """Any text."""
    return fields.String(required=True, metadata=metadata)


def whole(**metadata: Any) -> fields.Integer:
    """A whole number."""
    return fields.Integer(required=True, metadata=metadata)


class Fault(ma.Schema):
    """One parameter that cannot be accepted."""

    pointer = text(description="JSON Pointer as a URI fragment")
    detail = text()


class ProblemDocument(ma.Schema):
    """RFC 9457: what was refused, and why."""

    type = text()
    title = text()
    status = whole()
    detail = text()
    instance = fields.String()
    errors = fields.List(fields.Nested(Fault))


class Checkpoint(ma.Schema):
    """The tree of that many entries has this root."""

    size = whole()
    root = text(description="base64")


class Known(ma.Schema):
    """For which position an answer holds, and up to which one the log has been verified."""

    position = whole()
    checkpoint = fields.Nested(Checkpoint, required=True)
    verified_position = whole()


class LineYear(ma.Schema):
    """One line's year in USD; contributions net of refunds, approved net of increases and decreases."""

    opening = usd()
    allocated = usd()
    revised = usd()
    contributions = usd()
    recovered = usd()
    adjusted = usd()
    approved = usd()
    freed = usd()
    available = usd()


class Lines(ma.Schema):
    """Both lines."""

    line_1 = fields.Nested(LineYear, data_key="line-1", required=True)
    line_2 = fields.Nested(LineYear, data_key="line-2", required=True)


class FacilityAnswer(Known):
    """Both lines' year and their sum."""

    year = whole()
    rule_set = fields.String(required=True, allow_none=True)
    lines = fields.Nested(Lines, required=True)
    facility = fields.Nested(LineYear, required=True)


class MovementShape(ma.Schema):
    """One movement of a line's available money, and the event behind it."""

    position = whole()
    effective_on = text(format="date")
    year = whole()
    recorded_at = text(format="date-time")
    type = text()
    source = text()
    id = text()
    row = text(description="the row of table T2 in which it counts")
    project = fields.String(required=True, allow_none=True)
    amount = usd()
    balance = usd(description="USD after it")


class StatementAnswer(Known):
    """A page of a line's statement."""

    line = text()
    opening = usd(description="USD before the first movement shown")
    movements = fields.List(fields.Nested(MovementShape), required=True)
    closing = usd(description="USD after the last movement shown")
    next = fields.Integer(required=True, allow_none=True, metadata={"description": "the cursor for `after`"})


class ProjectMoney(ma.Schema):
    """A project's money in USD."""

    approved = usd()
    freed = usd()
    disbursed = usd()
    spent = usd()
    recovered = usd()
    undisbursed = usd()
    delivery_rate = text(description="per cent; empty when no more was disbursed than came back")


class ProjectShape(ProjectMoney):
    """A project and its money."""

    project = text()
    status = text()
    title = text()
    scope = text()
    states = fields.List(fields.String(), required=True)
    line = text()
    area = text()
    activities = fields.List(fields.Integer(), required=True)
    requested = usd()
    starts_on = text(format="date")
    ends_on = text(format="date")
    follow_up_of = fields.String(required=True, allow_none=True)
    co_funding = fields.String(required=True, allow_none=True)
    submitted_on = fields.String(required=True, allow_none=True)


class ProjectsAnswer(Known):
    """A page of projects, by code."""

    projects = fields.List(fields.Nested(ProjectShape), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "the cursor for `after`"})


class StepShape(ma.Schema):
    """One step of a project's life."""

    position = whole()
    type = text()
    effective_on = text(format="date")
    status = text(description="the project's status after it")
    recorded_by = text()
    data = fields.Dict(required=True)


class ProjectAnswer(Known):
    """One project: its money of all years and per year, and every step."""

    project = fields.Nested(ProjectShape, required=True)
    years = fields.Dict(keys=fields.String(), values=fields.Nested(ProjectMoney), required=True)
    steps = fields.List(fields.Nested(StepShape), required=True)


class MemberStateShape(ma.Schema):
    """A Member State on a date; dues in CHF."""

    state = text()
    name = text()
    region = text()
    admitted_on = text(format="date")
    member = fields.Boolean(required=True)
    development_status = text()
    eu_member = fields.Boolean(required=True)
    assessed = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    arrears = usd(description="CHF")
    threshold = usd(description="CHF")
    outstanding = usd(description="CHF")
    currency = text()
    article_4 = fields.Boolean(required=True)
    vote = text(description="as the Council last decided; empty when it never did")
    eligible = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)


class MemberStatesAnswer(Known):
    """Member States on a date."""

    on = text(format="date")
    member_states = fields.List(fields.Nested(MemberStateShape), required=True)


class ContributionShape(ma.Schema):
    """A direct voluntary contribution in one currency."""

    contribution = text()
    donor = text()
    line = text()
    currency = text()
    pledged = usd(description="in its currency")
    reduced = usd(description="in its currency")
    committed = usd(description="in its currency")
    received = usd(description="in its currency")
    outstanding = usd(description="in its currency")
    refunded = usd(description="in its currency")
    usd = usd(description="USD received less refunded")
    rates = fields.List(fields.String(), required=True)


class ContributionsAnswer(Known):
    """Direct voluntary contributions."""

    contributions = fields.List(fields.Nested(ContributionShape), required=True)


class Sides(ma.Schema):
    """What was debited and credited in USD, and debits less credits."""

    debit = usd()
    credit = usd()
    balance = usd()


class AccountShape(Sides):
    """One account."""

    account = text()
    line = fields.String(required=True, allow_none=True)


class TrialBalance(ma.Schema):
    """Every account; each line's balance and the total's are 0.00."""

    accounts = fields.List(fields.Nested(AccountShape), required=True)
    totals = fields.Dict(keys=fields.String(), values=fields.Nested(Sides), required=True)
    total = fields.Nested(Sides, required=True)


class TrialBalanceAnswer(TrialBalance, Known):
    """The trial balance at a position."""


class ColumnShape(ma.Schema):
    """A column of a table."""

    key = text()
    title = text()
    unit = text(description="USD, CHF, %, number or text")


class RowShape(ma.Schema):
    """A row of a table; every cell a text, empty where there is no figure."""

    key = text()
    title = text()
    cells = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    unit = fields.String(metadata={"description": "where it differs from the columns'"})
    level = fields.String(metadata={"description": "sum, where it adds up others; part, of what stands above it"})


class TableShape(ma.Schema):
    """A table; a figure's id is table/row/column."""

    key = text()
    title = text()
    columns = fields.List(fields.Nested(ColumnShape), required=True)
    rows = fields.List(fields.Nested(RowShape), required=True)
    notes = fields.List(fields.String(), required=True)


class ReportDocument(ma.Schema):
    """The Council's annual report: a pure function of the log up to `position`, and of the year."""

    year = whole()
    layout = text()
    edition = fields.Integer(required=True, allow_none=True)
    position = whole()
    checkpoint = fields.Nested(Checkpoint, required=True)
    rule_set = fields.String(required=True, allow_none=True)
    tables = fields.Dict(keys=fields.String(), values=fields.Nested(TableShape), required=True)
    notes = fields.List(fields.String(), required=True)


class Health(ma.Schema):
    """Whether the service lives."""

    status = text()


class Readiness(Known):
    """How far the log has been verified and projected."""

    status = text()
    lag = whole()
