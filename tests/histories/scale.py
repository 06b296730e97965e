"""How much random testing: little and the same each time by default, more and new on demand.

`HISTORIES=500 HISTORY_STEPS=100 .venv/bin/pytest tests/histories` tells 500 histories of 100 commands."""

import os

from hypothesis import HealthCheck, settings

ON_DEMAND = "HISTORIES" in os.environ
HISTORIES = int(os.environ.get("HISTORIES", "200"))
STEPS = int(os.environ.get("HISTORY_STEPS", "25"))


def scaled(histories: int, steps: int = STEPS) -> settings:
    """Hypothesis settings for that many histories of that many commands."""
    return settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not ON_DEMAND,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
