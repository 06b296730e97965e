"""Wraps named functions of the services as soon as the module that defines them has been loaded."""

import functools
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

Around = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes of a function the one that stands in its place."""


class _Finder(MetaPathFinder):
    """Finds the modules that are to be changed, and changes them right after they were executed."""

    def __init__(self) -> None:
        self.wanted: dict[str, list[tuple[str, Around]]] = {}

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in self.wanted else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executed(module: ModuleType) -> None:
                execute(module)
                for attribute, around in self.wanted[name]:
                    _replace(module, attribute, around)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


FINDER = _Finder()


def wrap(where: str, around: Around) -> None:
    """Put `around(function)` in the place of a function, named like `package.module:Class.method`."""
    module, _, attribute = where.partition(":")
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    FINDER.wanted.setdefault(module, []).append((attribute, around))


def _replace(module: ModuleType, attribute: str, around: Around) -> None:
    *path, last = attribute.split(".")
    owner: Any = functools.reduce(getattr, path, module)
    found = getattr(owner, last)
    made = around(found)
    setattr(owner, last, functools.wraps(found)(made) if callable(found) else made)
