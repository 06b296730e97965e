"""Facts about the log itself, recorded by the ledger alone: refusals kept whole, and a log continued."""

from shared.contract.event_type import LOG, event_type
from shared.contract.fields import Digest, Integer, ListOf, Text, UriReference
from shared.contract.objects import Checkpoint, Figures
from shared.contract.schema import EventData, Nested


class RefusedEvent(EventData):
    """A refused event as it was posted."""

    id = Text("its id", 128)
    source = UriReference("its source")
    type = Text("its type", 64)
    data = Figures("its data")


class Fault(EventData):
    """Why one event of a batch was refused."""

    index = Integer("place in the batch, from 0", 0)
    id = Text("its id", 128)
    source = UriReference("its source")
    digest = Digest("SHA-256 of its type and data")
    refusals = ListOf("every rule that fails", Figures("refusal"), 200, 1)


class CommandRefused(EventData):
    """A refused event whole, or a refused batch by its digest and its faults."""

    event = Nested("the refused event", RefusedEvent(), "refused event", optional=True)
    refusals = ListOf("every rule that fails", Figures("refusal"), 200, 1, optional=True)
    batch = Digest("SHA-256 of the refused batch", optional=True)
    faults = ListOf("refused events of the batch", Nested("fault", Fault(), "Fault"), 20, 1, optional=True)


class LogContinued(EventData):
    """The log before this one, by origin and checkpoint."""

    origin = Text("origin of the log that this one continues", 256)
    checkpoint = Nested("its last checkpoint", Checkpoint(), "Checkpoint")


TYPES = (
    event_type("command.refused", "A command refused by the rules", CommandRefused(), "refusals", LOG),
    event_type("log.continued", "Another log continued under a new origin", LogContinued(), "log", LOG),
)
