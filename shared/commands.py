"""What the commands of both services have in common: no fault of a disk or a file ends one in a stack trace."""

import errno
import os
import sys
from typing import Any

import click


class Commands(click.Group):
    """A group of commands: a full disk, or a file that may not be touched, is one sentence and exit code 3."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        _open_closed_streams()
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read on has gone: click knows what to do
                raise
            click.echo(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error}.", err=True)
            sys.exit(3)


def _open_closed_streams() -> None:
    """Let standard streams that whoever started this has closed lead nowhere.

    Otherwise a file or connection opened later would take such a number, and what is said would be written into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode)  # noqa: SIM115 - it takes the lowest number that is free: the closed one's
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
