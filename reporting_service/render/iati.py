"""Both lines and the year's projects as IATI 2.03 activities; dates come from the log, never from a clock."""

import re
from xml.etree import ElementTree

from iso3166 import countries_by_alpha3

from reporting_service.reports.activities import Activities, Activity, Movement
from shared.money import text

VERSION = "2.03"
ORGANIZATION = "XM-DAC-47066"
NAME = "International Organization for Migration"
MULTILATERAL = "40"
FUNDING, IMPLEMENTING = "1", "4"
MIGRATION = "15190"
"""DAC purpose code: facilitation of orderly, safe, regular and responsible migration and mobility."""
UNSPECIFIED = "998"
"""DAC region: developing countries, unspecified. A regional project's money is never split among its States."""
GRANT, PROJECT, POOLED, UNTIED = "110", "C01", "B04", "5"
TRANSACTIONS = {"received": "1", "granted": "2", "disbursed": "3", "spent": "4", "committed": "11", "pledged": "13"}
STATUSES = {
    "submitted": "1",
    "retained": "1",
    "approved": "2",
    "completed": "3",
    "financially-closed": "4",
    "cancelled": "5",
    "withdrawn": "5",
    "refused": "5",
    "open": "2",
}
PLANNED_START, PLANNED_END, ACTUAL_END = "1", "3", "4"
PARENT, CHILD = "1", "2"
UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot carry; shown as U+FFFD."""

Element = ElementTree.Element


def report_iati(found: Activities) -> bytes:
    """The activities as an IATI file."""
    root = Element("iati-activities", version=VERSION)
    if found.recorded_at:
        root.set("generated-datetime", found.recorded_at)
    children: dict[str, list[str]] = {}
    for activity in found.activities:
        if activity.parent:
            children.setdefault(activity.parent, []).append(activity.code)
    for activity in found.activities:
        root.append(_activity(activity, found.recorded_at, children.get(activity.code, [])))
    ElementTree.indent(root)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def identifier(code: str) -> str:
    """An activity's identifier among all that the world reports."""
    return f"{ORGANIZATION}-1035-{code}"


def _activity(activity: Activity, recorded_at: str | None, children: list[str]) -> Element:
    element = Element("iati-activity", {"default-currency": "USD", "hierarchy": "2" if activity.parent else "1"})
    element.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    if recorded_at:
        element.set("last-updated-datetime", recorded_at)
    _add(element, "iati-identifier").text = identifier(activity.code)
    _told(_add(element, "reporting-org", ref=ORGANIZATION, type=MULTILATERAL), NAME)
    _told(_add(element, "title"), activity.title)
    _told(_add(element, "description", type="1"), activity.description)
    for role in (FUNDING, IMPLEMENTING):
        _told(_add(element, "participating-org", ref=ORGANIZATION, type=MULTILATERAL, role=role), NAME)
    _add(element, "activity-status", code=STATUSES[activity.status])
    _dates(element, activity)
    _place(element, activity)
    _add(element, "sector", vocabulary="1", code=MIGRATION)
    _add(element, "default-finance-type", code=GRANT)
    _add(element, "default-aid-type", vocabulary="1", code=PROJECT if activity.parent else POOLED)
    _add(element, "default-tied-status", code=UNTIED)
    for movement in activity.movements:
        element.append(_transaction(movement))
    if activity.parent:
        _add(element, "related-activity", ref=identifier(activity.parent), type=PARENT)
    for code in children:
        _add(element, "related-activity", ref=identifier(code), type=CHILD)
    return element


def _dates(element: Element, activity: Activity) -> None:
    dates = (
        (PLANNED_START, activity.starts_on),
        (PLANNED_END, activity.ends_on),
        (ACTUAL_END, activity.completed_on),
    )
    for kind, day in dates:
        if day:
            _add(element, "activity-date", {"iso-date": day}, type=kind)


def _place(element: Element, activity: Activity) -> None:
    """One State as a country; several, or none, as a region that names them."""
    known = [countries_by_alpha3.get(state) for state in activity.states]
    if len(known) == 1 and (country := known[0]):
        _add(element, "recipient-country", code=country.alpha2, percentage="100")
        return
    region = _add(element, "recipient-region", vocabulary="1", code=UNSPECIFIED, percentage="100")
    if activity.states:
        _told(region, f"Regional: {', '.join(activity.states)}")


def _transaction(movement: Movement) -> Element:
    element = Element("transaction", ref=str(movement.position))
    _add(element, "transaction-type", code=TRANSACTIONS[movement.kind])
    _add(element, "transaction-date", {"iso-date": movement.on})
    _add(element, "value", {"currency": "USD", "value-date": movement.on}).text = text(movement.usd)
    _told(_add(element, "description"), movement.description)
    if movement.donor:
        _told(_add(element, "provider-org"), movement.donor)
    return element


def _add(parent: Element, name: str, members: dict[str, str] | None = None, /, **more: str) -> Element:
    return ElementTree.SubElement(parent, name, {**(members or {}), **more})


def _told(element: Element, words: str) -> None:
    _add(element, "narrative").text = UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", words)
