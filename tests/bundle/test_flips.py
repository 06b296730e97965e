"""Bytes of a bundle changed at random: every one is found. `FLIPS=10000` asks for more of them."""

import os
import random
from io import BytesIO

import pytest

from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from tests.bundle.signed import KEY, POLICY

FLIPS = int(os.environ.get("FLIPS", "200"))
SEED = int(os.environ.get("FLIPS_SEED", "1035"))


def missed(bundle: bytes, places: list[int], chance: random.Random) -> list[int]:
    """The places where a changed byte was not found."""
    unseen = []
    for at in places:
        forged = bytearray(bundle)
        forged[at] ^= chance.randrange(1, 256)
        try:
            verify_bundle(BytesIO(bytes(forged)), KEY.verifier, POLICY)
        except Differs:
            continue
        unseen.append(at)
    return unseen


def test_every_byte_changed_at_random_is_found(short):
    chance = random.Random(SEED)
    places = [chance.randrange(len(short.bundle)) for _ in range(FLIPS)]
    assert missed(short.bundle, places, chance) == []


def test_every_byte_around_the_contents_is_found(short):
    """Headers, the table and the end: no content, so every fifth byte of them is tried."""
    start = short.bundle.index(b"PK\x01\x02")
    places = list(range(start, len(short.bundle), 40)) + list(range(0, 300, 7))
    assert missed(short.bundle, places, random.Random(SEED)) == []


def test_the_short_bundle_itself_holds(short):
    assert verify_bundle(BytesIO(short.bundle), KEY.verifier, POLICY).checkpoint.size >= 40


@pytest.mark.parametrize("size", [0, 1, 21, 100, 5000])
def test_the_beginning_of_a_bundle_is_no_bundle(short, size):
    with pytest.raises(Differs):
        verify_bundle(BytesIO(short.bundle[:size]), KEY.verifier)
