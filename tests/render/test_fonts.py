"""Fonts: vendored copies as the manifest says, and texts that they can always show."""

import hashlib
import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.render.fonts.glyphs import ALIKE, FONTS, MAIN, RUN_MAX, coverage, covered, shown
from reporting_service.render.words import words


def test_the_manifest_names_every_file_with_its_digest():
    manifest = json.loads((FONTS / "manifest.json").read_text())
    named = {name: digest for font in manifest for name, digest in font["files"].items()}
    assert set(named) == {path.name for path in FONTS.iterdir()} - {"manifest.json"}
    for name, digest in named.items():
        assert digest == "sha384-" + b64encode(hashlib.sha384((FONTS / name).read_bytes()).digest()).decode(), name
    assert {font["licence"] for font in manifest} == {"OFL-1.1"}


@pytest.mark.parametrize(
    ("sign", "font"),
    [
        ("é", "NotoSans-Regular.ttf"),
        ("Ж", "NotoSans-Bold.ttf"),
        ("ع", "NotoSansArabic-Regular.ttf"),
        ("漢", "NotoSansCJKsc-Subset.otf"),
        ("한", "NotoSansCJKsc-Subset.otf"),
        ("😀", "NotoEmoji-Regular.ttf"),
    ],
)
def test_a_font_has_the_signs_of_its_script(sign, font):
    assert ord(sign) in coverage(font)


def test_a_sign_that_no_font_has_is_not_covered():
    assert not covered(0xE000, MAIN)
    assert 0xFFFF not in coverage("NotoSans-Regular.ttf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain", "Plain"),
        ("a\ue000b", "a[U+E000]b"),
        ("\u202eevil", "[U+202E]evil"),
        ("a\nb\tc", "a b c"),
        ("\x00", "[U+0000]"),
        ("❤️", "❤"),
        ("نص", "نص"),
        ("3 − 1", "3 – 1"),
    ],
)
def test_what_cannot_be_shown_shows_its_code_point(text, expected):
    assert shown(text) == expected


def test_the_plain_form_keeps_to_the_main_font():
    assert shown("a漢", plain=True) == "a[U+6F22]"
    assert shown("3 − 1", plain=True) == "3 – 1"


def test_what_stands_for_a_sign_is_in_the_main_fonts():
    for sign, alike in ALIKE.items():
        assert not covered(ord(sign), MAIN)
        assert all(ord(alike) in coverage(font) for font in MAIN)


def test_the_main_fonts_have_every_sign_of_the_forms():
    signs = {sign for language in ("en", "fr") for sign in "".join(words(language)._messages.values())}
    assert not {sign for sign in "".join(map(shown, signs)) if not all(ord(sign) in coverage(font) for font in MAIN)}


@given(st.text(max_size=60))
def test_every_text_ends_in_signs_that_fonts_have_and_short_runs(text):
    said = shown(text)
    assert all(len(run) <= 3 * RUN_MAX for word in said.split(" ") for run in word.split("\u200b"))
    assert "\n" not in said


@pytest.mark.parametrize("sign", ["\N{THREE-EM DASH}", "\ufdfd", "\ufdf5"])
def test_signs_as_wide_as_words_are_few_between_two_places_to_break(sign):
    assert all(len(run) <= RUN_MAX // 3 for run in shown(sign * 18).split("\u200b"))
