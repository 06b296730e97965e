"""The released event types, each with a stored example and its JSON Schema as published: kept for ever.

`python -m tests.contract.released` stores those of types that have none yet; it never changes a stored one.
"""

import json
from pathlib import Path
from typing import Any

from shared.contract.events import EVENT_TYPES, json_schema
from tests.contract.fixtures import example

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "released" / "v1"


def stored() -> dict[str, dict[str, Any]]:
    """By short name, what was stored of every released type: `event` and `schema`."""
    return {path.name.removesuffix(".json"): json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def store_missing() -> list[str]:
    """Store the example and schema of every type that has none yet; says which."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing = [kind for kind in EVENT_TYPES.values() if not (FOLDER / f"{kind.short}.json").exists()]
    for kind in missing:
        event, schema = json.dumps(example(kind.short)), json.dumps(json_schema(kind.name), ensure_ascii=False)
        (FOLDER / f"{kind.short}.json").write_text(f'{{"event": {event},\n"schema": {schema}}}\n')
    return [kind.short for kind in missing]


if __name__ == "__main__":
    print("\n".join(store_missing()) or "Every type is stored already.")
