"""The shapes of what surrounds the annual report: figures with their events, editions, restatements."""

import marshmallow as ma

from reporting_service.api.shapes import Known, text, whole

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
