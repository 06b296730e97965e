"""Edits of an audit bundle, each looked for by `reporting verify` with a policy and a checkpoint kept before."""

import random
from io import BytesIO

from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from shared.log_format.tiles import decode_bundle, encode_bundle
from tests.audit.finding import BY_ITSELF, BY_OTHERS, Edit, Found, NothingChanged, flipped
from tests.audit.ground import Ground
from tests.bundle.forging import files_of, zipped

OF = "bundle"


def edit_bundle(ground: Ground, kind: str, chance: random.Random) -> Edit:
    """One edit of the bundle's bytes, files or entries."""
    what, forged, position = EDITS[kind](ground.bundle, chance)
    if forged == ground.bundle:
        raise NothingChanged
    return Edit(OF, kind, what, position, looked_for(ground, forged))


def edit_to_an_older_bundle(ground: Ground, chance: random.Random) -> Edit:
    """A genuine, cosigned bundle of an earlier day in the place of today's."""
    del chance
    return Edit(OF, "older copy", "everything", None, looked_for(ground, ground.older))


def looked_for(ground: Ground, bundle: bytes) -> Found | None:
    """By the bundle's own check, then with what the auditor kept."""
    for by, more in ((BY_ITSELF, {}), (BY_OTHERS, {"policy": ground.policy, "seen": ground.seen})):
        try:
            verify_bundle(BytesIO(bundle), ground.verifier, **more)
        except Differs as error:
            return Found(by, error.cause, error.position)
    return None


def _flip(bundle, chance):
    return "a byte", flipped(bundle, chance), None


def _truncate(bundle, chance):
    return "the end", bundle[: chance.randrange(len(bundle))], None


def _delete(bundle, chance):
    if chance.random() < 0.5:
        return _of_entries(bundle, chance, lambda bodies, at: bodies.pop(at))
    files = files_of(bundle)
    name = chance.choice(list(files))
    return "a file", zipped({other: content for other, content in files.items() if other != name}), None


def _swap(bundle, chance):
    if chance.random() < 0.5:
        return _of_entries(bundle, chance, lambda bodies, at: bodies.insert(at, bodies.pop(at + 1)))
    files = files_of(bundle)
    one, other = chance.sample(list(files), 2)
    files[one], files[other] = files[other], files[one]
    return "two files", zipped(files), None


def _insert(bundle, chance):
    if chance.random() < 0.5:
        return _of_entries(bundle, chance, lambda bodies, at: bodies.insert(at, bodies[at - 1]))
    files = list(files_of(bundle).items())
    name, content = chance.choice(files)
    more = [("more.json", content), (name + ".1", content), ("tile/entries/009", content)]
    files.insert(chance.randrange(len(files) + 1), chance.choice(more))
    return "a file", zipped(dict(files)), None


def _of_entries(bundle, chance, change):
    """Entries of one file changed and the zip written properly around them."""
    files = files_of(bundle)
    name = chance.choice([name for name in files if name.startswith("tile/entries/")])
    bodies = decode_bundle(files[name])
    at = chance.randrange(1, len(bodies) - 1)
    change(bodies, at)
    first = 256 * int(name.removeprefix("tile/entries/")[:3])
    return "an entry", zipped({**files, name: encode_bundle(bodies)}), first + at + 1


EDITS = {"flip": _flip, "delete": _delete, "swap": _swap, "insert": _insert, "truncate": _truncate}
