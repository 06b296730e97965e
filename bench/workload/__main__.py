"""Write the canonical workload as JSON Lines: `python -m bench.workload 100000 > history.jsonl`."""

import argparse
import json
import sys

from bench.workload.canonical import canonical


def main() -> None:
    """One event a line; with --roles each line says who posts it, and in which batch."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload", description=__doc__)
    parser.add_argument("events", type=int, help="how many events, 1,000 to 1,000,000")
    parser.add_argument("--seed", type=int, default=1035)
    parser.add_argument("--roles", action="store_true", help="wrap each event: {role, subject, batch, event}")
    asked = parser.parse_args()
    for number, step in enumerate(canonical(asked.events, asked.seed), 1):
        for event in step.events:
            line = {"role": step.role, "subject": step.subject, "batch": number, "event": event}
            sys.stdout.write(json.dumps(line if asked.roles else event, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
