"""The tree as the house rules see it: tracked files, parsed modules, their functions."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("ledger_service", "reporting_service", "shared", "bench", "docs")
VENDORED = "vendor"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, committed or about to be, vendored copies left out; paths from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = (Path(name) for name in sorted(set(names)))
    return tuple(path for path in paths if (ROOT / path).is_file() and VENDORED not in path.parts)


def modules(*folders: str) -> tuple[Module, ...]:
    """The Python modules under the folders given."""
    return tuple(_module(path) for path in tracked() if path.suffix == ".py" and path.parts[0] in folders)


@cache
def _module(path: Path) -> Module:
    text = (ROOT / path).read_text()
    return Module(path, text, ast.parse(text))


def functions(module: Module) -> Iterator[Function]:
    """Every function and method of a module, inner ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """The lines of a function without its docstring."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def public_names(module: Module) -> Iterator[Function | ast.ClassDef]:
    """Public classes and functions of a module and public methods of its public classes."""
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (m for m in node.body if isinstance(m, Function) and not m.name.startswith("_"))
