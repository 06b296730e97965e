"""The canonical forms of single values: what passes, and what never does."""

import base64
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from shared.contract import checks
from shared.contract.currencies import CURRENCIES, in_use

UNITS_OF_ACCOUNT = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"}
MONEY_IN_X = {"XAF", "XCD", "XCG", "XOF", "XPF"}
LISTED = {currency.code for currency in Currency}
NOT_MONEY = UNITS_OF_ACCOUNT | {code for code in LISTED if code[0] == "X"} - MONEY_IN_X


@pytest.mark.parametrize("value", ["0.01", "1.00", "1250.00", "999999999999999.99"])
def test_canonical_amounts_are_accepted(value):
    assert checks.check_amount(value) is None


@pytest.mark.parametrize(
    "value",
    [
        *(1, 1.5, True, None, [], {}, Decimal("1.00")),
        *("", " 1.00", "1.00 ", "1.00\n", "1", "1.", "1.0", "1.000", "1.0000000", ".50", "01.00", "+1.00", "1,000.00"),
        *("1e3", "1E2", "NaN", "Infinity", "0x1.00", "1_000.00", "١٢.٠٠", "１.００", "1.00\0", "−1.00"),
        *("0.00", "-0.00", "-1.00", "1000000000000000.00", "9" * 19 + ".00", "9" * 10_000 + ".00"),
    ],
)
def test_anything_else_is_no_amount(value):
    assert checks.check_amount(value)


def test_the_sign_policy_of_amounts():
    assert checks.check_amount("0.00") == "must be greater than 0.00"
    assert checks.check_amount_or_zero("0.00") is None
    assert checks.check_amount_or_zero("-1.00") == "may not be negative"
    assert checks.check_amount_signed("-1.00") is None
    assert checks.check_amount_signed("0.00") is None
    assert checks.check_amount_signed("-0.00")


@given(st.decimals(min_value="-999999999999999.99", max_value="999999999999999.99", places=2))
def test_every_two_place_decimal_has_an_accepted_form(value):
    written = f"{value:.2f}" if value else "0.00"
    assert checks.check_amount_signed(written) is None
    assert (checks.check_amount(written) is None) == (value > 0)


@given(st.dates(date(1951, 1, 1), date(2099, 12, 31)))
def test_every_day_from_1951_to_2099_is_a_date(day):
    assert checks.check_date(day.isoformat()) is None


@pytest.mark.parametrize(
    "value",
    [
        *(
            "0001-01-01",
            "1950-12-31",
            "2100-01-01",
            "9999-12-31",
            "2015-02-29",
            "2015-04-31",
            "2015-13-01",
            "2015-00-10",
        ),
        *(
            "2015-00-10",
            "2015-1-1",
            "20150101",
            "2015-W01-1",
            "2015-01-01T00:00:00Z",
            "2015-01-01\n",
            "01/02/2015",
            "٢٠١٥-٠١-٠١",
        ),
        *("", 20150101, None, True, ["2015-01-01"]),
    ],
)
def test_anything_else_is_no_date(value):
    assert checks.check_date(value)


@pytest.mark.parametrize("value", ["2015-03-01T12:00:00Z", "2015-03-01t12:00:00.123456+05:30", "2016-12-31T23:59:60Z"])
def test_instants_with_offset_are_accepted(value):
    assert checks.check_instant(value) is None


@pytest.mark.parametrize(
    "value", ["2015-03-01T12:00:00", "2015-03-01 12:00:00Z", "2015-02-30T12:00:00Z", "0001-01-01T00:00:00Z", "now", 1]
)
def test_other_times_are_refused(value):
    assert checks.check_instant(value)


@pytest.mark.parametrize("value", ["1", "1.0834", "0.000011234567", "3.27", "999999.999999999999"])
def test_rates_above_zero_are_accepted(value):
    assert checks.check_rate(value) is None


@pytest.mark.parametrize("value", ["0", "0.0", "-1", "1e-3", "01.5", ".5", "1.", "1.0000000000001", 1, "1.5\n", ""])
def test_other_rates_are_refused(value):
    assert checks.check_rate(value)


@pytest.mark.parametrize("value", ["Kenya", "Côte d'Ivoire", "e\u0301", "كينيا", "東京", "x", "a  b", "<b>&\"'", "😀"])
def test_visible_text_is_accepted_as_it_stands(value):
    assert checks.text(40)(value) is None


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", " a", "a ", "a\u00a0", "\u3000a", "a\n", "a\nb", "a\tb", "a\0", "a\x7fb", "a\x85b", "a\u2028b"),
        *("\u202eabc", "a\u2066b", "\ufeffa", "a\ufffe", "a\uffff", "\ud800", "x" * 41, 1, None, ["a"], {"a": 1}),
    ],
)
def test_hidden_or_unbounded_text_is_refused(value):
    assert checks.text(40)(value)


@pytest.mark.parametrize("value", ["https://finance.example/gl", "urn:x:1", "/gl", "gl", "//host/a?b#c", "a%20b", "?q"])
def test_uri_references_are_accepted(value):
    assert checks.check_uri_reference(value) is None


@pytest.mark.parametrize("value", ["", ":a", "1:b", "a b", "a#b#c", "%zz", "é", "a\n", "x" * 257, "<a>", 1, None])
def test_other_sources_are_refused(value):
    assert checks.check_uri_reference(value)


@given(st.binary(min_size=32, max_size=32))
def test_roots_are_base64_of_exactly_32_bytes(root):
    written = base64.b64encode(root).decode()
    assert checks.check_root(written) is None
    assert checks.check_root(base64.urlsafe_b64encode(root + b"\xff").decode())
    assert checks.check_root(written.rstrip("="))


def test_base64_that_encodes_back_differently_is_no_root():
    assert checks.check_root("A" * 42 + "B=")


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, 0, 10**400])
def test_booleans_floats_and_strings_are_no_integers(value):
    assert checks.integer(1)(value)


def test_states_are_the_alpha_3_codes_in_capitals():
    assert checks.check_state("KEN") is None
    assert all(checks.check_state(value) for value in ("ken", "KE", "XKX", "EUR", "404", 404, None))


def test_every_currency_of_list_one_is_known():
    assert CURRENCIES.keys() >= LISTED - NOT_MONEY
    assert not NOT_MONEY & CURRENCIES.keys()


def test_every_currency_was_in_use_for_some_days():
    assert all(not checks.check_date(since) and since < until for since, until in CURRENCIES.values())


@pytest.mark.parametrize(
    ("currency", "last_day", "after"),
    [("HRK", "2023-01-14", "2023-02-01"), ("BGN", "2025-12-31", "2026-02-01"), ("DEM", "2001-12-31", "2002-04-01")],
)
def test_a_replaced_currency_counts_while_it_was_in_use(currency, last_day, after):
    assert in_use(currency, last_day)
    assert not in_use(currency, after)


def test_the_euro_begins_in_1999():
    assert not in_use("EUR", "1998-12-31")
    assert in_use("EUR", "1999-01-01")
