"""The shapes of answers, for the interface description."""

import marshmallow as ma

fields = ma.fields
USD = {"pattern": r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$", "format": "decimal", "description": "USD"}
INSTANT = {"format": "date-time"}


class Citation(ma.Schema):
    """Where a rule is written."""

    resolution = fields.String(required=True)
    paragraph = fields.String(required=True)


class Finding(ma.Schema):
    """One rule applied."""

    rule = fields.String(required=True, metadata={"description": "the rule's id, such as line-2/article-4"})
    holds = fields.Boolean(required=True)
    citation = fields.Nested(Citation, required=True)
    rule_set = fields.String(required=True)
    figures = fields.Dict(required=True, metadata={"description": "the figures that were compared"})
    detail = fields.String(required=True)
    would_pass = fields.String(required=True)
    index = fields.Integer(metadata={"description": "of the event in a batch"})


class Fault(ma.Schema):
    """One place that cannot be accepted."""

    pointer = fields.String(required=True, metadata={"description": "JSON Pointer as a URI fragment"})
    detail = fields.String(required=True)


class RefusedInBatch(ma.Schema):
    """One event of a refused batch."""

    index = fields.Integer(required=True)
    id = fields.String(required=True)
    source = fields.String(required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of its content, hexadecimal"})
    refusals = fields.List(fields.Nested(Finding), required=True)


class ProblemDocument(ma.Schema):
    """RFC 9457: what was refused, and why."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String()
    errors = fields.List(fields.Nested(Fault))
    refusals = fields.List(fields.Nested(Finding))
    position = fields.Integer(metadata={"description": "where the refusal, or the key's first content, is recorded"})
    faults = fields.List(fields.Nested(RefusedInBatch), metadata={"description": "a refused batch's, at most 20"})
    recorded_digest = fields.String(metadata={"description": "409: the content recorded under this key"})
    posted_digest = fields.String(metadata={"description": "409: the content posted now"})


class CheckpointBrief(ma.Schema):
    """A signed checkpoint: how many entries it covers, and their root."""

    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata={"description": "base64"})


class Receipt(ma.Schema):
    """What was recorded of a posted event."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    position = fields.Integer(required=True)
    stream = fields.String(required=True)
    version = fields.Integer(required=True)
    recorded_at = fields.String(required=True, metadata=INSTANT)
    rule_set = fields.String(required=True)
    caused = fields.List(fields.Integer(), required=True, metadata={"description": "positions of what it caused"})
    warnings = fields.List(fields.Nested(Finding), required=True)
    checkpoint = fields.Nested(
        CheckpointBrief, required=True, metadata={"description": "the smallest signed one that covers it"}
    )


class Receipts(ma.Schema):
    """The receipts of a batch, in its order."""

    receipts = fields.List(fields.Nested(Receipt), required=True)
    checkpoint = fields.Nested(CheckpointBrief, required=True)


class Trial(ma.Schema):
    """What a dry run decided, of one event or of a batch."""

    dry_run = fields.Boolean(required=True, metadata={"enum": [True]})
    entries = fields.List(fields.Dict(), required=True, metadata={"description": "what would be recorded"})
    warnings = fields.List(fields.Nested(Finding), required=True)
    refusals = fields.List(fields.Nested(Finding), required=True)
    positions = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "where those that were posted before are recorded, or their refusals"},
    )


class Page(ma.Schema):
    """Entries of the log, oldest first."""

    events = fields.List(fields.Dict(), required=True)
    position = fields.Integer(required=True, metadata={"description": "the last position of the log"})
    next = fields.Integer(required=True, allow_none=True, metadata={"description": "the next page's `after`"})


class Stream(ma.Schema):
    """A stream and its last version."""

    stream = fields.String(required=True)
    version = fields.Integer(required=True)


class Streams(ma.Schema):
    """Streams by name."""

    streams = fields.List(fields.Nested(Stream), required=True)
    position = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)


class LineFigures(ma.Schema):
    """A line's figures of one year."""

    opening = fields.String(required=True, metadata=USD)
    allocated = fields.String(required=True, metadata=USD)
    revised = fields.String(required=True, metadata=USD)
    contributions = fields.String(required=True, metadata=USD)
    recovered = fields.String(required=True, metadata=USD)
    adjusted = fields.String(required=True, metadata=USD)
    approved = fields.String(required=True, metadata=USD)
    freed = fields.String(required=True, metadata=USD)
    available = fields.String(required=True, metadata=USD)


Lines = ma.Schema.from_dict(
    {name: fields.Nested(LineFigures, required=True) for name in ("line-1", "line-2")}, name="Lines"
)


class Facility(ma.Schema):
    """Both lines and their sum."""

    year = fields.Integer(required=True)
    position = fields.Integer(required=True)
    rule_set = fields.String(required=True)
    lines = fields.Nested(Lines, required=True)
    facility = fields.Nested(LineFigures, required=True)


class Eligibility(ma.Schema):
    """Yes or no, with every rule applied."""

    state = fields.String(required=True)
    line = fields.String(required=True)
    on = fields.String(required=True, metadata={"format": "date"})
    position = fields.Integer(required=True)
    eligible = fields.Boolean(required=True)
    rules = fields.List(fields.Nested(Finding), required=True)


class RuleSets(ma.Schema):
    """The rule sets in the order they took effect."""

    position = fields.Integer(required=True)
    rule_sets = fields.List(fields.Dict(), required=True)


class EventTypes(ma.Schema):
    """The catalogue."""

    event_types = fields.List(fields.Dict(), required=True)
