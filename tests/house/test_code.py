"""House rules for the code: sizes, docstrings, names; what does not fail here is not a rule."""

import ast
import re
from statistics import median, quantiles

from tests.house.tree import CODE, Function, body_lines, functions, modules, public_names, tracked

MODULE_LINES = 300
FUNCTION_LINES = 40
MEDIAN_LINES = 8
VAGUE = {"utils", "util", "common", "helpers", "helper", "base", "manager", "service", "misc"}
SERVICES = ("ledger_service", "reporting_service", "shared")


def test_no_module_is_longer_than_a_sitting():
    long = [f"{module.path}: {module.lines} lines" for module in modules(*CODE) if module.lines > MODULE_LINES]
    assert not long, "\n".join(long)


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{module.path}:{function.lineno}: {function.name} has {body_lines(function)} lines"
        for module in modules(*CODE)
        for function in functions(module)
        if body_lines(function) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_half_of_all_functions_are_short():
    lines = [body_lines(function) for module in modules(*SERVICES) for function in functions(module)]
    assert median(lines) <= MEDIAN_LINES
    assert quantiles(lines, n=10)[-1] <= 2 * 12


def test_every_module_says_its_job_first():
    silent = [str(m.path) for m in modules(*CODE, "tests") if m.text.strip() and not ast.get_docstring(m.tree)]
    assert not silent, "\n".join(silent)


def _needs_words(node: ast.AST) -> bool:
    """Overloads and one-line properties of obvious value need none; everything else public does."""
    if not isinstance(node, Function):
        return True
    return body_lines(node) > 3


def test_every_public_name_says_what_it_is():
    silent = [
        f"{module.path}:{node.lineno}: {node.name}"
        for module in modules(*CODE)
        for node in public_names(module)
        if not ast.get_docstring(node) and _needs_words(node)
    ]
    assert not silent, "\n".join(silent)


def test_no_module_has_a_vague_name():
    vague = [str(path) for path in tracked() if path.suffix == ".py" and path.stem.lower() in VAGUE]
    assert not vague, "\n".join(vague)


def test_a_tests_name_is_a_sentence():
    short = [
        f"{module.path}:{function.lineno}: {function.name}"
        for module in modules("tests")
        for function in functions(module)
        if function.name.startswith("test_") and len(function.name.removeprefix("test_").split("_")) < 3
    ]
    assert not short, "\n".join(short)


def test_no_test_sleeps_or_skips_without_saying_why():
    sinful = re.compile(r"time\.sleep\(|pytest\.mark\.(skip|xfail)\(?\s*\)?$|pytest\.skip\(\s*\)", re.MULTILINE)
    found = [str(module.path) for module in modules("tests") if sinful.search(module.text)]
    assert not [path for path in found if not path.endswith("house/test_code.py")], "\n".join(found)
