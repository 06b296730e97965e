"""A model read back from a snapshot is the model, after any random history, and decides as it does."""

from hypothesis import given
from hypothesis import strategies as st

from shared.rules.model import Model
from shared.rules.snapshot import DECODERS, copied, packed, unpacked
from tests.histories.commands import Pick, command, opening
from tests.histories.scale import HISTORIES, STEPS, scaled
from tests.histories.side_by_side import SideBySide


def _same_types(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same_types(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same_types, one, other))
    return one == other


@scaled(HISTORIES // 4)
@given(st.data(), st.integers(0, 13))
def test_a_snapshot_is_what_all_entries_folded_make(data: st.DataObject, missing: int) -> None:
    both = SideBySide()
    pick = Pick(data.draw, both.oracle)
    for step in opening()[: 13 - missing]:
        both.post(*step)
    for _ in range(STEPS):
        both.post(*command(pick))
    model = both.ledger.model
    again = unpacked(packed(copied(model)))
    assert again.tables() == model.tables()
    assert _same_types(again.tables(), model.tables())
    assert [list(rows) for rows in again.tables().values()] == [list(rows) for rows in model.tables().values()]


def test_every_table_of_the_model_is_in_a_snapshot():
    assert set(DECODERS) == set(Model().tables())
