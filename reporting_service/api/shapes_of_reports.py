"""The shapes of what surrounds the annual report: figures with their events, editions, restatements."""

import marshmallow as ma

from reporting_service.api.shapes import Checkpoint, Known, text, whole

fields = ma.fields


def _optional(**metadata: str) -> fields.String:
    return fields.String(required=True, allow_none=True, metadata=metadata)


class Part(ma.Schema):
    """A figure that another is made of."""

    part = text(description="what it is in the rule")
    figure = text(description="its id: table/row/column")


class FigureShape(ma.Schema):
    """A printed figure and its place in the report."""

    figure = text(description="its id: table/row/column")
    table = text()
    row = text()
    column = text()
    unit = text()
    value = text(description="as printed")


class EventShape(ma.Schema):
    """An entry of the log with what it contributes to a figure."""

    position = whole()
    type = text()
    id = text()
    source = text()
    stream = text()
    effective_on = text(format="date")
    recorded_at = text(format="date-time")
    contribution = _optional(description="in the figure's unit; null where it says a text")
    proof = text(description="where the ledger proves that the entry is in the log")


class FigureAnswer(FigureShape, Known):
    """A figure and a page of the events that make it."""

    year = whole()
    rule = text(description="how the figure follows; `sum`: it is the sum of its events")
    made_of = fields.List(fields.Nested(Part), required=True)
    derivation = fields.Dict(
        required=True, allow_none=True, metadata={"description": "the recorded steps of the formula"}
    )
    events = fields.List(fields.Nested(EventShape), required=True)
    number = whole(description="of all its events")
    sum = _optional(description="of all its events' contributions: the figure")
    next = fields.Integer(required=True, allow_none=True, metadata={"description": "the cursor for `after`"})


class Noted(ma.Schema):
    """What a body did with an edition."""

    position = whole()
    body = text()
    document = _optional()
    digest = _optional()
    resolution = _optional()
    recommendation = _optional()
    transmitted_on = _optional(format="date")
    on = text(format="date")


class EditionShape(ma.Schema):
    """An issued edition, and whether the same entries still give the same report."""

    edition = whole()
    kind = text()
    body = text()
    document = text()
    digest = text(description="as issued")
    checkpoint = fields.Nested(Checkpoint, required=True, metadata={"description": "of the log it was computed from"})
    issued_position = whole()
    issued_at = text(format="date-time")
    issued_by = text()
    layout = text()
    recomputed_digest = text()
    agrees = fields.Boolean(required=True)
    noted = fields.List(fields.Nested(Noted), required=True)


class EditionsAnswer(Known):
    """The editions of a year's report."""

    year = whole()
    editions = fields.List(fields.Nested(EditionShape), required=True)


class Since(ma.Schema):
    """The edition that figures are compared with; `position` is the size of the log it was computed from."""

    edition = whole()
    document = text()
    position = whole()
    issued_position = whole()


class Why(ma.Schema):
    """What an entry says of its reason."""

    adjusts_year = fields.Integer(required=True, allow_none=True)
    reverses = fields.Integer(required=True, allow_none=True, metadata={"description": "the reversed position"})
    reason = _optional(description="its reason, reference, document or decision")


class MovingEvent(EventShape):
    """An entry that moved a figure; `contribution` is by how much."""

    recorded_before = fields.Boolean(required=True)
    why = fields.Nested(Why, required=True)


class MovedFigure(ma.Schema):
    """A figure that says something else now; null where it was not printed."""

    figure = text(description="its id: table/row/column")
    table = text()
    row = text()
    column = text()
    unit = text()
    old = _optional()
    new = _optional()
    difference = _optional(description="null for texts; the sum of the contributions")
    events = fields.List(fields.Nested(MovingEvent), required=True)


class LateFact(EventShape):
    """A fact of the closed year that is booked in a later one."""

    amount = text(description="USD that it moves")
    line = _optional()
    row = _optional(description="the row of T2 in which it would count, had it come in time")
    booked_in = whole()
    why = fields.Nested(Why, required=True)


class RestatementAnswer(Known):
    """What moved since an edition."""

    year = whole()
    since = fields.Nested(Since, required=True)
    number = whole(description="of all figures that moved")
    figures = fields.List(fields.Nested(MovedFigure), required=True)
    late_facts = fields.List(fields.Nested(LateFact), required=True)
    next = fields.Integer(required=True, allow_none=True, metadata={"description": "the cursor for `after`"})
