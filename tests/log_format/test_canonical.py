"""The canonical bytes are those of RFC 8785."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.log_format.canonical import canonical

text = st.text(st.characters(exclude_categories=["Cs"]))
ascii_keys = st.text(st.characters(max_codepoint=126))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ascii_keys, inner, max_size=5),
    max_leaves=30,
)


@given(values)
def test_canonical_bytes_equal_the_reference_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_control_characters_are_written_as_rfc_8785_does():
    value = {"b": "".join(map(chr, range(0x20))) + '\x7f"\\/\u20ac\u2028\U0001f600', "a": [1, -0, True, None]}
    assert canonical(value) == rfc8785.dumps(value)


def test_members_are_sorted_and_nothing_is_padded():
    assert canonical({"b": 1, "a": {"d": "é", "c": []}}) == '{"a":{"c":[],"d":"é"},"b":1}'.encode()


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {1: "x"}, object(), b"x"])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"a": value})
