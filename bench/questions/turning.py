"""How long does a person wait for a page? Every page of reporting, signed in, as an auditor."""

import re
import time
from collections.abc import Iterator
from functools import partial

import requests

from bench.figures import Figure, beside
from bench.pair import Pair
from bench.stage import Stage

TOKEN = re.compile(r'name="token" value="([^"]+)"')


def turning(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """Each page beside the cheapest answer there is; the slowest is held to 200 ms up to 10⁵ events, 400 ms beyond."""
    session = requests.Session()
    form = session.get(f"{pair.reporting_url}/sign-in", timeout=60).text
    fields = {"role": "auditor", "next": "/livez", "token": _token(form)}
    session.post(f"{pair.reporting_url}/sign-in", data=fields, timeout=60).raise_for_status()
    alive = partial(_seconds, session, f"{pair.reporting_url}/livez")
    took: dict[str, float] = {}
    bare = 0.0
    for name, path in _pages(session, pair, stage).items():
        page = partial(_seconds, session, pair.reporting_url + path)
        page()
        took[name], bare = beside(max(stage.rounds, 3), page, alive)
    slowest = max(took, key=lambda name: took[name])
    aim = "≤ 200" if stage.events <= 100_000 else "≤ 400"
    question = f"slowest of {len(took)} pages ({slowest}), at {stage.events:,} events"
    milliseconds = {name: 1000 * seconds for name, seconds in took.items()}
    yield Figure(
        question, stage.store.name, 1000 * took[slowest], "ms", "GET /livez", 1000 * bare, aim, more=milliseconds
    )


def _pages(session: requests.Session, pair: Pair, stage: Stage) -> dict[str, str]:
    """A page of every kind; the what-if form without a draft, for a draft reads the whole history."""
    year = stage.everyday.year - 1
    project = _first(session, pair, "/projects", r'href="(/projects/[^"]+)"')
    state = _first(session, pair, "/member-states", r'href="(/member-states/[^"]+)"')
    refusal = _first(session, pair, "/refusals", r'href="(/refusals/[0-9]+)"')
    report = f"/reports/{year}"
    return {
        "facility": "/facility",
        "statement": f"/lines/line-2?year={year}",
        "projects": "/projects",
        "project": project,
        "Member States": "/member-states",
        "Member State": state,
        "contributions": "/contributions",
        "rules": "/rules",
        "refusals": "/refusals",
        "refusal": refusal,
        "reports": "/reports",
        "report": report,
        "table": f"{report}/tables/T8",
        "figure": f"{report}/figures/T2/closing/line-2",
        "restatements": f"{report}/restatements",
        "chart": f"{report}/charts/T2.svg",
        "replay": f"/replay?position={stage.position // 2}",
        "entry": f"/entries/{stage.position // 2}",
        "what-if": "/what-if",
        "audit": "/audit",
        "search": "/search?q=ke",
    }


def _first(session: requests.Session, pair: Pair, path: str, link: str) -> str:
    found = re.search(link, session.get(pair.reporting_url + path, timeout=60).text)
    return found[1].replace("&amp;", "&") if found else path


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None, "the sign-in page has a form"
    return found[1]


def _seconds(session: requests.Session, address: str) -> float:
    began = time.perf_counter()
    answer = session.get(address, timeout=600)
    taken = time.perf_counter() - began
    assert answer.status_code == 200, f"GET {address}: {answer.status_code} {answer.text[:300]}"
    return taken
