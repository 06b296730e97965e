"""Money: exact, written one way, rounded by name."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import amount, down_to_cent, text, usd_value

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2)


@given(AMOUNTS)
def test_an_amount_is_written_as_it_was_read(value):
    assert amount(text(value)) == value
    assert not text(value * 0).startswith("-")


@pytest.mark.parametrize(
    ("original", "rate", "usd"),
    [
        ("0.01", "0.5", "0.00"),
        ("0.03", "0.5", "0.02"),
        ("999999999999999.99", "0.999999999999", "999999999998999.99"),
        ("999999999999999.99", "999999.999999999999", "999999999999999989000.00"),
    ],
)
def test_a_usd_value_is_half_even_to_the_cent(original, rate, usd):
    assert text(usd_value(Decimal(original), Decimal(rate))) == usd


@pytest.mark.parametrize(("value", "cents"), [("0.019", "0.01"), ("0.011", "0.01"), ("-0.019", "-0.01")])
def test_down_to_the_cent_is_toward_zero(value, cents):
    assert text(down_to_cent(Decimal(value))) == cents


@pytest.mark.parametrize("size", ["1e61", "-1e61", "1e999999999999"])
def test_what_no_amount_can_be_is_not_written_out(size):
    with pytest.raises(ArithmeticError):
        text(Decimal(size))


def test_an_amount_of_many_digits_is_written():
    assert text(Decimal("1e60")) == f"1{'0' * 60}.00"


@pytest.mark.parametrize(
    ("value", "written"), [("12.5", "12.50"), ("1E+3", "1000.00"), ("0.125", "0.12"), ("7", "7.00"), ("-0.00", "0.00")]
)
def test_an_amount_of_any_form_is_written_with_two_places(value, written):
    assert text(Decimal(value)) == written
