"""Bodies that money must not be read from are refused with the place named, and nothing exhausts the parser."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contract.problems import Malformed
from shared.contract.strict_json import VALUES_MAX, parse


def faults(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Malformed) as caught:
        parse(body)
    return [(error["pointer"], error["detail"]) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        (b'{"a": NaN}', "#/a", "NaN"),
        (b'{"a": -Infinity}', "#/a", "Infinity"),
        (b'{"a": 1e400}', "#/a", "1e400"),
        (b'{"a": 12.5}', "#/a", "amounts are strings"),
        (b'{"a": 1E2}', "#/a", "not an integer"),
        (b'{"a": -0}', "#/a", "-0"),
        (b'{"a": 9007199254740992}', "#/a", "beyond"),
        (b'{"a": 1234567890123456789}', "#/a", "beyond"),
        (b'{"a": [1, {"b": 1, "b": 2}]}', "#/a/1", "'b'"),
        (b'{"a": 1, "a": 1}', "#", "twice"),
        (b'{"a/b~c": 1.0}', "#/a~1b~0c", "not an integer"),
        (b'{"a": "x\\u0000"}', "#/a", "NUL"),
        (b'{"a": "\\ud800"}', "#/a", "surrogate"),
        (b'{"\\udfff": 1}', "#/?", "as a member name"),
        (b'{"a": "\xff"}', "#", "UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "#", "UTF-8"),
        (b"\xef\xbb\xbf{}", "#", "byte order mark"),
        (b'{"a": "x\x00"}', "#", "not JSON"),
        (b'{"a": "line\nbreak"}', "#", "not JSON"),
        (b"", "#", "not JSON"),
        (b"{} {}", "#", "not JSON"),
        (b'{"a": 01}', "#", "not JSON"),
        (b"{'a': 1}", "#", "not JSON"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(body, pointer, says):
    assert [at for at, detail in faults(body) if says in detail] == [pointer]


def test_every_fault_of_a_body_is_named():
    assert [at for at, _ in faults(b'{"a": 1.5, "b": [NaN, "\\u0000"], "c": 2}')] == ["#/a", "#/b/0", "#/b/1"]


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 200_000 + b"]" * 200_000])
def test_nesting_without_end_is_refused(body):
    assert faults(body)[0][0] == "#"


def test_thirty_two_levels_pass_and_one_more_does_not():
    assert parse(b"[" * 32 + b"]" * 32)
    assert faults(b"[" * 33 + b"]" * 33) == [("#" + "/0" * 32, "is nested deeper than 32 levels")]


def test_an_integer_of_ten_thousand_digits_is_refused():
    assert "10000 characters" in faults(b'{"a": ' + b"9" * 10_000 + b"}")[0][1]


def test_the_largest_exact_integers_are_read():
    assert parse(b"[9007199254740991, -9007199254740991, 0]") == [2**53 - 1, 1 - 2**53, 0]


def test_escapes_and_astral_characters_are_read_as_they_are():
    assert parse(b'"\\ud83d\\ude00 \\u00e9 e\\u0301"') == "\U0001f600 é e\u0301"


def test_a_body_full_of_faults_is_given_up_early():
    assert "more than 1000" in faults(b"[" + b",".join([b"1.5"] * 100_000) + b"]")[0][1]
    named = faults(b"[" + b",".join([b'"\\u0000"'] * 1500) + b"]")
    assert (len(named), named[-1]) == (1001, ("#", "has more faults than the 1000 named here"))


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values, st.booleans())
def test_what_json_can_say_exactly_is_read_back(value, ascii_only):
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_malformed(body):
    with contextlib.suppress(Malformed):
        parse(body)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"[" + b"[]," * VALUES_MAX + b"[]]", "holds more than 500000 arrays and objects"),
        (b"[" + b"1," * VALUES_MAX + b"1]", "it holds more than 500000 numbers"),
    ],
)
def test_more_values_than_any_batch_needs_are_refused_whole(body, detail):
    with pytest.raises(Malformed) as refused:
        parse(body)
    assert [error["pointer"] for error in refused.value.errors] == ["#"]
    assert detail in refused.value.errors[0]["detail"]
