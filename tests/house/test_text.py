"""House rules for every tracked text: no unfinished work, no traces of a machine or a package index, live links."""

import re

import pytest

from tests.house.tree import ROOT, tracked

UNFINISHED = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b"
INDEX = r"https?://\S*(py" + r"pi|python" + r"hosted|npm" + r"js)\S*"
MACHINE = r"(?<![\w.])/(wo" + r"rk|ho" + r"me|ro" + r"ot|far" + r"m)/[a-z.]+"
SECRET = r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\."
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
TEXTS = [path for path in tracked() if path.suffix != ".lock" and path.name != "LICENSE"]
PAGES = [path for path in TEXTS if path.suffix == ".md"]


def _text(path):
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("unfinished work", UNFINISHED), ("a package index", INDEX), ("a machine", MACHINE), ("a secret", SECRET)],
)
def test_no_tracked_text_shows(what, pattern):
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in TEXTS
        for number, line in enumerate(_text(path).splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_of_a_page_leads_somewhere(page):
    dead = [link for link in LINK.findall(_text(page)) if not (ROOT / page.parent / link).exists()]
    assert not dead


def test_no_tracked_file_is_empty_by_mistake():
    empty = [path for path in tracked() if (ROOT / path).stat().st_size == 0]
    assert not [path for path in empty if path.name not in ("__init__.py", "py.typed")]
