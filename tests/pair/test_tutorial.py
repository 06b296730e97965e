"""docs/tutorial.md, executed block by block; a `text` block after a command is what the command must print."""

import re
import subprocess

import pytest

from bench.pair import LEDGER_BIND, REPORTING_BIND
from tests.house.tree import ROOT

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = (ROOT / "docs" / "tutorial.md").read_text()
RUN = "make run\n"


def _steps(page):
    """Pairs of command and expected output (None when the page shows none)."""
    blocks = BLOCK.findall(page)
    for number, (kind, text) in enumerate(blocks):
        if kind == "sh" and text != RUN:
            follows = blocks[number + 1] if number + 1 < len(blocks) else ("sh", "")
            yield text, follows[1] if follows[0] == "text" else None


def _matches(expected, printed):
    """Whether the page's text is what was printed; … stands for anything on its line."""
    pattern = re.escape(expected.strip()).replace("…", r"[^\n]*")
    return re.fullmatch(pattern, printed.strip()) is not None


def test_the_page_starts_both_services_first():
    assert next(text for kind, text in BLOCK.findall(PAGE) if kind == "sh") == RUN


def test_every_block_of_the_tutorial_does_what_it_says(pair, tmp_path):
    page = PAGE.replace(LEDGER_BIND, pair.ledger_bind).replace(REPORTING_BIND, pair.reporting_bind)
    shell = f"set -eu\ncd {tmp_path}\nln -s {ROOT}/.venv .venv\n"
    marks = []
    for number, (command, expected) in enumerate(_steps(page)):
        shell += f"{command}\necho '--- {number}'\n"
        marks.append((command, expected))
    done = subprocess.run(
        ["bash", "-c", shell], env=pair.environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    printed = re.split(r"^--- \d+\n", done.stdout, flags=re.MULTILINE)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    for (command, expected), output in zip(marks, printed, strict=False):
        if expected is not None and not _matches(expected, output):
            pytest.fail(f"{command}printed\n{output}\ninstead of\n{expected}")
