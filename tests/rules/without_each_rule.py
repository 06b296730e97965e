"""Removes each rule once and prints a test that then fails: `python -m tests.rules.without_each_rule`."""

import re
import subprocess
import sys

from shared.rules.refusals import SOURCES

DERIVED = {"line-2/share", "facility/cap", "facility/cap-actual", "line-1/amount"}
"""Rules that the formula is, rather than tests of a posted fact: tests/rules/test_allocation.py and test_years.py."""


def failing_tests(rule_id: str) -> list[str]:
    """The tests that miss a rule."""
    options = ["-rf", f"--without-rule={rule_id}"]
    command = [sys.executable, "-m", "pytest", "tests/rules", *options]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return re.findall(r"FAILED .*::(\S+)", output)


def main() -> int:
    """Exit 1 when some rule can be removed unseen."""
    unseen = 0
    print("| rule | citation | tests that fail without it | the first |\n|---|---|---|---|")
    for rule_id, source in SOURCES.items():
        if rule_id in DERIVED:
            print(
                f"| `{rule_id}` | {source.resolution}, {source.paragraph} | the formula itself | test_allocation.py |"
            )
            continue
        found = failing_tests(rule_id)
        unseen += not found
        first = found[0] if found else "NONE"
        print(f"| `{rule_id}` | {source.resolution}, {source.paragraph} | {len(found)} | {first} |", flush=True)
    return 1 if unseen else 0


if __name__ == "__main__":
    raise SystemExit(main())
