"""Each flow without scripts, and with the keyboard alone."""

from tests.pages.looking import Window

BUDGET = {
    "year": "2010",
    "document": "PB/2010",
    "approved_on": "2009-11-30",
    "approved_by": "Council",
    "project_overhead": "24900000.00",
    "security": "5400000.00",
    "unearmarked_contributions": "4400000.00",
    "interest": "1600000.00",
}


def _fill(window, values):
    for name, value in values.items():
        window.page.fill(f'[name="{name}"]', value)


def test_reading_needs_no_script(chromium, reporting_url):
    window = Window(chromium, reporting_url, java_script_enabled=False).sign_in("auditor")
    window.click("Replay").page.fill("#typed", "106")
    window.click("Go to it")
    assert "Position 106 of" in window.text
    window.click("One back")
    assert "Position 105 of" in window.text
    window.click("What if").page.fill("#p-share", "30")
    window.click("Show the difference")
    assert "1,620,000.00" in window.text
    window.click("Français")
    assert "La différence" in window.text
    window.click("Se déconnecter")
    assert "/sign-in" in window.page.url


def test_posting_and_confirming_need_no_script(chromium, ledger_url):
    window = Window(chromium, ledger_url, java_script_enabled=False).sign_in("finance")
    window.click("A budget basis of Discretionary Income")
    window.page.select_option('[name="basis"]', "programme-and-budget")
    _fill(window, BUDGET | {"interest": "1600000"})
    window.click("See what this would change")
    assert "must be a decimal string with exactly two places" in window.page.inner_text("#f-interest-fault")
    assert window.page.input_value("#f-year") == "2010"
    window.page.fill("#f-interest", "1600000.00")
    window.click("See what this would change")
    assert "Nothing is recorded yet" in window.text
    assert "1,250,000.00" in window.text
    window.click("Record it")
    assert "It stands at position 3 of the log." in window.text


def test_an_action_is_confirmed_by_a_second_person(chromium, ledger_url):
    first = Window(chromium, ledger_url, java_script_enabled=False).sign_in("administrator", "admin-1")
    first.click("A line's balance brought in").page.select_option('[name="line"]', "line-1")
    _fill(first, {"amount": "25000.00", "as_of": "2007-12-31", "document": "Accounts of 2007"})
    first.click("See what this would change").click("Record it")
    assert "second person" in first.text
    first.click("Waiting for confirmation")
    assert "somebody else must: you recorded it" in first.text
    second = Window(chromium, ledger_url).sign_in("administrator", "admin-2")
    second.click("Waiting for confirmation").page.locator("main").get_by_role("link", name="Confirm").click()
    second.click("See what this would change")
    assert "25,000.00" in second.text
    second.click("Record it")
    second.click("Waiting for confirmation")
    assert "Nothing waits." in second.text


def test_the_keyboard_alone_is_enough(chromium, reporting_url):
    window = Window(chromium, reporting_url)
    keys = window.page.keyboard
    window.go("/sign-in")
    keys.press("Tab")
    keys.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "main"
    keys.press("Tab")
    for _ in range(5):
        keys.press("ArrowDown")
    assert window.page.is_checked("#role-auditor")
    keys.press("Tab")
    keys.press("Enter")
    window.page.wait_for_url(f"{window.url}/")
    assert "The Facility in 2010" in window.text


def test_the_slider_moves_the_books_without_a_new_page(chromium, reporting_url):
    window = Window(chromium, reporting_url).sign_in("auditor").go("/replay?position=106")
    window.page.evaluate("window.same = true")
    window.page.focus("#position")
    window.page.keyboard.press("ArrowRight")
    window.page.get_by_role("heading", name="Position 107 of").wait_for()
    assert window.page.evaluate("window.same")
    assert window.page.url.endswith("/replay?position=107")
    assert not window.complaints


def _tab_to(window, id, most=40):
    for _ in range(most):
        if window.page.evaluate("document.activeElement.id") == id:
            return
        window.page.keyboard.press("Tab")
    raise AssertionError(f"#{id} is not reached by tabs")


def test_what_if_is_asked_by_the_keyboard_alone(chromium, reporting_url):
    window = Window(chromium, reporting_url).sign_in("council").go("/what-if")
    _tab_to(window, "p-share")
    window.page.keyboard.press("Control+A")
    window.page.keyboard.type("30")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/what-if?share=30#result")
    assert "1,620,000.00" in window.text


def test_a_fact_is_posted_by_the_keyboard_alone(chromium, ledger_url):
    window = Window(chromium, ledger_url).sign_in("finance").go("/post/income.budgeted")
    keys = window.page.keyboard
    for name, value in {"basis": "programme", **BUDGET}.items():
        window.page.evaluate("document.activeElement.blur(); document.querySelector('#main').focus()")
        _tab_to(window, f"f-{name}")
        if name == "approved_on":
            value = "11302009"
        keys.type(value)
    keys.press("Enter")
    window.page.get_by_role("heading", name="Is this right?").wait_for()
    for _ in range(40):
        if window.page.evaluate("document.activeElement.textContent") == "Record it":
            break
        keys.press("Tab")
    keys.press("Enter")
    window.page.get_by_role("heading", name="Recorded").wait_for()
