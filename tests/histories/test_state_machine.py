"""The whole catalogue as a state machine against the oracle, every balance compared after every step."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.histories.commands import COMMANDS, Pick, brought_in, command, opening
from tests.histories.scale import HISTORIES, ON_DEMAND, scaled
from tests.histories.side_by_side import SideBySide


class Catalogue(RuleBasedStateMachine):
    """Every type that may be posted is a rule of the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.both = SideBySide()

    @initialize(known=st.sampled_from((13, 0, 5)), taken_over=st.booleans())
    def begin(self, known: int, taken_over: bool) -> None:
        """Members, budgets and income are known, or some of them, or nothing; maybe balances were taken over."""
        for step in (brought_in() if taken_over else []) + opening()[:known]:
            self.both.post(*step)

    @rule(data=st.data())
    def post_what_is_ready(self, data: st.DataObject) -> None:
        """A command that something in the history is ready for."""
        self.both.post(*command(Pick(data.draw, self.both.oracle)))

    @rule(data=st.data(), kind=st.sampled_from(sorted(COMMANDS)))
    def post_any_type(self, data: st.DataObject, kind: str) -> None:
        """A command of any type, ready or not."""
        self.both.post(*command(Pick(data.draw, self.both.oracle), kind))

    @invariant()
    def balances_agree(self) -> None:
        """Lines, Facility and accounts are the oracle's, and the trial balance is zero."""
        self.both.assert_same_balances()

    def teardown(self) -> None:
        """Replay ends where the decisions did."""
        self.both.assert_replay_is_the_same()


TestCatalogue = Catalogue.TestCase
TestCatalogue.settings = scaled(HISTORIES if ON_DEMAND else 20)
