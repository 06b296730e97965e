"""The pages with commands, executed block by block; a `text` block is what the command before must print."""

import re
import subprocess

import pytest

from bench.pair import LEDGER_BIND, REPORTING_BIND
from tests.house.tree import ROOT

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = (
    "docs/tutorial.md",
    "README.md",
    "docs/how-to/adopt-a-new-resolution.md",
    "docs/how-to/import.md",
    "docs/how-to/operate.md",
)
PAGES = {name: (ROOT / name).read_text() for name in NAMES}
DONE_HERE = ("make run\n", "make demo\n", "make test\n")  # the fixture runs both services, another test the demo


def _steps(page):
    """Pairs of command and expected output (None when the page shows none)."""
    blocks = BLOCK.findall(page)
    for number, (kind, text) in enumerate(blocks):
        if kind == "sh" and text not in DONE_HERE:
            follows = blocks[number + 1] if number + 1 < len(blocks) else ("sh", "")
            yield text, follows[1] if follows[0] == "text" else None


def _matches(expected, printed):
    """Whether the page's text is what was printed; … stands for anything on its line."""
    pattern = re.escape(expected.strip()).replace("…", r"[^\n]*")
    return re.fullmatch(pattern, printed.strip()) is not None


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_page_starts_both_services_first(name):
    commands = [text for kind, text in BLOCK.findall(PAGES[name]) if kind == "sh"]
    assert "make run\n" in commands[:3]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_does_what_it_says(pair, tmp_path, name):
    page = PAGES[name].replace(LEDGER_BIND, pair.ledger_bind).replace(REPORTING_BIND, pair.reporting_bind)
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
