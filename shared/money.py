"""Money: exact decimals inside, text with two places outside; no float can enter.

Amounts are US dollars (or Swiss francs in Article 4) unless a name says otherwise.
"""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
EXACT = Context(prec=60)
"""Room for every digit of a product of two amounts or of an amount and a rate."""
DIGITS_MAX = 60


def amount(text: str) -> Decimal:
    """The exact value of a decimal string such as "1400000.00"."""
    return Decimal(text)


def text(value: Decimal) -> str:
    """The one written form of an amount: two places, and never "-0.00"; ArithmeticError for what no amount can be."""
    if value.adjusted() > DIGITS_MAX:
        raise ArithmeticError(f"an amount of more than {DIGITS_MAX} digits")
    if not value:
        return "0.00"
    return str(value) if value.same_quantum(CENT) else f"{value:.2f}"


def down_to_cent(value: Decimal) -> Decimal:
    """Rounded toward zero to the cent: the Facility never gets a fraction too much."""
    return value.quantize(CENT, ROUND_DOWN, EXACT)


def usd_value(original: Decimal, rate: Decimal) -> Decimal:
    """USD value of an amount at a rate in USD per unit, half-even to the cent."""
    return EXACT.multiply(original, rate).quantize(CENT, ROUND_HALF_EVEN, EXACT)


def received_usd(data: dict, member: str = "amount") -> Decimal:  # type: ignore[type-arg]
    """USD value of an amount of a fact that has currency and, if not in USD, rate."""
    value = Decimal(data[member])
    rate = data.get("rate")
    return usd_value(value, Decimal(rate["value"])) if rate else value
