"""Reporting's copy of the log is checked entry by entry: what was changed behind its back is named."""

import pytest
from sqlalchemy import text

from reporting_service.projections.checking import CopyDiffers, check_copy
from reporting_service.projections.store import writing
from tests.reporting.history import KEY, bookmark_at, follow, sample, store_at

OTHER_ID = (
    """UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), '"id":"', '"id":"x') AS BLOB) WHERE position = 40"""
)


@pytest.fixture(scope="module")
def bodies():
    return sample().bodies


@pytest.fixture
def store(tmp_path, bodies):
    return follow(store_at(tmp_path / "reporting.db"), bodies)


def test_a_copy_that_was_left_alone_holds(store, bodies):
    assert check_copy(store, KEY.verifier) == (len(bodies), 0)


def test_an_empty_copy_holds(tmp_path):
    assert check_copy(store_at(tmp_path / "empty.db"), KEY.verifier) == (0, 0)


@pytest.mark.parametrize(
    ("damage", "position", "said"),
    [
        ("UPDATE entries SET source = 'x' WHERE position = 7", 7, "the entry's source is"),
        ("UPDATE entries SET year = 1999 WHERE position = 9", 9, "kept under 1999"),
        ("UPDATE entries SET body = CAST(body || ' ' AS BLOB) WHERE position = 8", 8, "canonical"),
        (OTHER_ID, 1, "the entries 1 to 256"),
        ("DELETE FROM entries WHERE position = 30", 30, "there is no entry"),
        ("DELETE FROM entries WHERE position = 350", 350, "there is no entry"),
        ("UPDATE tree SET hash = zeroblob(32)", 1, "or their hash"),
        ("DELETE FROM tree", 1, "or their hash"),
        ("INSERT INTO tree VALUES (1, 1, zeroblob(32))", 351, "more is kept"),
        ("UPDATE bookmark SET frontier = zeroblob(length(frontier))", None, "does not hold"),
        ("UPDATE bookmark SET checkpoint_note = replace(checkpoint_note, '350', '351')", None, "does not hold"),
        ("INSERT INTO cosigned_checkpoints VALUES (300, 'x', '')", None, "cosigned checkpoint of size 300"),
    ],
)
def test_what_was_changed_is_named(store, damage, position, said):
    with writing(store.engine) as connection:
        connection.execute(text(damage.replace(":", "\\:")))
    with pytest.raises(CopyDiffers, match=said) as found:
        check_copy(store, KEY.verifier)
    assert found.value.position == position


def test_a_cosigned_checkpoint_of_another_log_is_named(store, bodies):
    note = bookmark_at([*bodies[:299], b"{}"], 300, store.bookmark().__class__()).checkpoint_note
    store.keep_cosigned(300, note, "")
    with pytest.raises(CopyDiffers, match="another root than was cosigned for 300"):
        check_copy(store, KEY.verifier)
