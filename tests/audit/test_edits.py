"""Seeded edits of stored data: every one is found. `EDITS=10000 EDITS_SEED=7` asks for more, or for others."""

import os

import pytest

from tests.audit import on_bundles, on_ledger
from tests.audit.edits import edits, table
from tests.audit.ground import Ground
from tests.audit.on_copies import Copies

EDITS = int(os.environ.get("EDITS", "120"))
SEED = int(os.environ.get("EDITS_SEED", "1035"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return list(edits(EDITS, SEED, tmp_path_factory.mktemp("edits")))


def test_what_nobody_edited_holds(tmp_path):
    ground = Ground(tmp_path)
    assert on_ledger.looked_for(ground) is None
    assert Copies(ground).looked_for() is None
    assert on_bundles.looked_for(ground, ground.bundle) is None
    ground.close()


def test_every_edit_of_stored_data_is_found(made):
    assert [edit for edit in made if edit.found is None] == []
    assert len(made) == EDITS


def test_the_position_is_named_where_one_exists(made):
    assert [edit for edit in made if edit.position is not None and not edit.named] == []


def test_the_table_lists_every_kind(made):
    said = table(made)
    for kind in ("flip", "delete", "swap", "insert", "truncate", "older copy", "signed anew", "history rewritten"):
        assert f" {kind} " in said
    assert said.splitlines()[-1].split()[1:3] == [str(EDITS), str(EDITS)]
