"""After any random history the books balance, and engine and oracle say the same."""

from hypothesis import given
from hypothesis import strategies as st

from tests.histories.commands import Pick, brought_in, command, opening
from tests.histories.scale import HISTORIES, STEPS, scaled
from tests.histories.side_by_side import SideBySide


@scaled(HISTORIES)
@given(st.data(), st.integers(0, 13), st.booleans())
def test_any_history_balances_and_agrees_with_the_oracle(data: st.DataObject, missing: int, taken_over: bool) -> None:
    both = SideBySide()
    pick = Pick(data.draw, both.oracle)
    for step in (brought_in() if taken_over else []) + opening()[: 13 - missing]:
        both.post(*step)
    for _ in range(STEPS):
        both.post(*command(pick))
    both.assert_same_balances()
    both.assert_replay_is_the_same()
