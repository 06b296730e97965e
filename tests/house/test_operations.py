"""The page for operators: its alerts are rules over metrics that exist, each with something to do."""

import re

import pytest
import yaml

from tests.house.tree import ROOT

PAGE = (ROOT / "docs/how-to/operate.md").read_text()
REFERENCE = (ROOT / "docs/reference/metrics.md").read_text()
METRIC = re.compile(r"\b(?:ledger|reporting)_[a-z_]+")
FAMILIES = {name for name, _ in re.findall(r"^\| `([a-z_]+)`(.*)$", REFERENCE, re.MULTILINE)}
OF_THE_WRITER = "ledger_writer_process_resident_memory_bytes"
NAMES = (
    {OF_THE_WRITER}
    | FAMILIES
    | {
        f"{name.removesuffix('_bucket')}{end}"
        for name in FAMILIES
        if name.endswith("_bucket")
        for end in ("_sum", "_count", "_bucket")
    }
)
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SCRAPES, GROUPS = (yaml.safe_load(block) for block in BLOCKS)
RULES = [rule for group in GROUPS["groups"] for rule in group["rules"]]
TOLD = {
    name.strip()
    for row in re.findall(r"^\| ((?:[A-Z][a-z]+[A-Za-z]+(?:, )?)+) \|", PAGE, re.MULTILINE)
    for name in row.split(",")
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_over_metrics_that_exist(rule):
    named = set(METRIC.findall(re.sub(r'"[^"]*"', "", rule["expr"])))
    assert named <= NAMES
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert set(rule) <= {"alert", "expr", "for"}


def test_every_job_that_an_alert_names_is_scraped_with_a_token():
    named = {job for rule in RULES for jobs in re.findall(r'job=~?"([^"]*)"', rule["expr"]) for job in jobs.split("|")}
    scraped = {job["job_name"]: job["authorization"] for job in SCRAPES["scrape_configs"]}
    assert named == scraped.keys()
    assert all("credentials_file" in how for how in scraped.values())


def test_no_alert_waits_for_what_a_scrape_never_sees():
    """The process of a lost writer ends at once; a series that is new has not increased; a door keeps queues short."""
    for rule in RULES:
        assert "ledger_writer_lost" not in rule["expr"]
        assert not re.search(r"(increase|rate)\([^)]*\) > 0'?$", rule["expr"])
        assert not re.search(r"queue_requests > [1-9]", rule["expr"])


def test_every_alert_says_what_to_do():
    assert {rule["alert"] for rule in RULES} == TOLD & {rule["alert"] for rule in RULES}
    assert not {name for name in TOLD if name.startswith(("Ledger", "Reporting"))} - {rule["alert"] for rule in RULES}


def test_every_metric_that_a_page_names_exists():
    pages = [path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts]
    for page in [*pages, ROOT / "README.md"]:
        code = re.findall(r"`((?:ledger|reporting)_[a-z_]+)(?:\{[^`]*\})?`", page.read_text())
        assert {name for name in code if not name.endswith("_service")} <= NAMES, page
