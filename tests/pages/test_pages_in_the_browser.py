"""Every page in a real browser: accessible in both languages, nothing from elsewhere, no complaint, no overflow."""

import pytest

from shared.contract.roles import ROLES
from tests.pages.addresses import EMPTY, LEDGER, REPORTING, TROUBLES
from tests.pages.looking import Window

LANGUAGES = ("en", "fr")
PEOPLE = [role for role in ROLES if role != "reporting"]
NARROW, WIDE = {"width": 390, "height": 800}, {"width": 1280, "height": 900}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def auditor(chromium, reporting_url):
    """A window of an auditor, who sees every page of reporting."""
    return Window(chromium, reporting_url).sign_in("auditor")


def _in(path, language):
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def _look_over(window, path):
    for language in LANGUAGES:
        window.go(_in(path, language))
        assert window.page.get_attribute("html", "lang") == language
        assert window.page.locator("h1").count() == 1
        assert not window.violations(), f"{path} in {language}"
    window.page.set_viewport_size(NARROW)
    assert window.page.evaluate(OVERFLOW) <= 0, f"{path} is too wide for a small screen"
    window.page.set_viewport_size(WIDE)
    assert not window.strayed
    assert not window.complaints


@pytest.mark.parametrize("path", [*REPORTING.values(), *TROUBLES, *EMPTY])
def test_a_page_of_reporting_is_accessible_and_keeps_to_itself(auditor, path):
    _look_over(auditor, path)


def test_the_annual_report_in_one_page_is_accessible_and_fits_a_small_screen(auditor):
    _look_over(auditor, "/reports/2009/files/html")


@pytest.mark.parametrize("path", LEDGER.values())
def test_a_page_of_the_ledger_is_accessible_and_keeps_to_itself(chromium, ledger_url, path):
    _look_over(Window(chromium, ledger_url).sign_in("finance"), path)


def test_a_stranger_sees_a_welcome_and_the_way_in(chromium, reporting_url, ledger_url):
    for url in (reporting_url, ledger_url):
        window = Window(chromium, url)
        _look_over(window, "/")
        window.go("/?lang=en").click("Sign in")
        assert window.page.url.startswith(f"{url}/sign-in")


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_reaches_every_page_that_its_menu_names(chromium, reporting_url, role):
    window = Window(chromium, reporting_url).sign_in(role)
    window.page.locator(".menu a").first.wait_for(state="attached")
    names = window.page.locator(".menu a").all_inner_texts()
    assert names
    for name in names:
        window.page.locator(".menu").get_by_role("link", name=name, exact=True).click()
        assert window.page.locator(".menu a[aria-current=page]").inner_text() == name
        assert "not for your role" not in window.text
    assert not window.complaints
    window.context.close()


@pytest.mark.parametrize("service", ["reporting_url", "ledger_url"])
def test_swagger_ui_keeps_to_the_strict_policy(chromium, request, service):
    window = Window(chromium, request.getfixturevalue(service))
    answer = window.page.goto(f"{window.url}/docs")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    window.page.locator(".opblock").first.click()
    window.page.locator(".opblock-body").first.wait_for()
    assert not window.strayed
    assert not window.complaints
