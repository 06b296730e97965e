"""What does it cost to prove that one entry stands in the log, and to check that proof?"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from statistics import median

import requests

from bench.figures import Figure
from bench.pair import Pair
from bench.stage import Stage
from shared.log_format.notes import Verifier
from shared.log_format.proofs import parse_proof, verify_proof

PROOFS = 50


def proving(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """Proofs of random entries: made over HTTP beside fetching the entry itself, verified here, and their length."""
    session, rng = requests.Session(), Random(stage.events)
    session.headers["Authorization"] = f"Bearer {pair.token('auditor')}"
    verifier = Verifier.parse(pair.vkey)
    made, fetched, verified, sizes = [], [], [], []

    def get(path: str) -> bytes:
        answer = session.get(f"{pair.ledger_url}/v1/events/{path}", timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.content

    for _ in range(max(5, stage.times(PROOFS))):
        position = rng.randint(1, stage.position)
        fetched.append(_ms(partial(get, str(position))))
        made.append(_ms(partial(get, f"{position}/proof")))
        entry, proof = get(str(position)), get(f"{position}/proof").decode()
        verified.append(_ms(partial(verify_proof, proof, entry, verifier)))
        sizes.append(len(parse_proof(proof).hashes))
    store, after = stage.store.name, f"at {stage.events:,} events"
    yield Figure(f"inclusion proof over HTTP, {after}", store, median(made), "ms", "the entry", median(fetched), "≤ 5")
    one_hash = stage.position.bit_length()
    yield Figure(f"hashes of an inclusion proof, {after}", store, max(sizes), "", "log₂ of size", one_hash, "≤ 20")
    yield Figure(f"inclusion proof verified, {after}", store, median(verified), "ms", aim="≤ 1")


def _ms(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - began)
