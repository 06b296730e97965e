"""Every parser of the project by name; each is made when it is wanted."""

from collections.abc import Callable

from tests.fuzz.parser import Parser
from tests.fuzz.parsers import access, archive, asked, contract, log

PARSERS: dict[str, Callable[[], Parser]] = {
    **contract.PARSERS,
    **log.PARSERS,
    **access.PARSERS,
    **asked.PARSERS,
    **archive.PARSERS,
}
