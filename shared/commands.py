"""What the commands of both services have in common: no fault of a disk or a file ends one in a stack trace."""

import errno
import sys
from typing import Any

import click

from shared.process import open_closed_streams


class Commands(click.Group):
    """A group of commands: a full disk, or a file that may not be touched, is one sentence and exit code 3."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        open_closed_streams()
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read on has gone: click knows what to do
                raise
            click.echo(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error}.", err=True)
            sys.exit(3)
