"""`make run`: both services until asked to stop, with their own settings; a sentence when it cannot be."""

import os
import sys
import time
from pathlib import Path

from bench.leash import leash_option
from bench.pair import LEDGER_BIND, OURS, REPORTING_BIND, Pair, PairFailed, Stopped
from bench.stopping import Asked, Stop, stop_on_signals

TOKEN_RENEWAL_S = 4 * 3600


class KeptPair(Pair):
    """A pair that is left running when reporting follows the log no more: it still answers, and says why."""

    def start(self) -> Pair:
        """As any pair starts; what reporting says against the log is printed."""
        try:
            return super().start()
        except Stopped as stopped:
            print(f"Both services run, but reporting follows the log no more. {stopped}", file=sys.stderr)
            return self


def from_environment() -> KeptPair:
    """The pair that the caller's own settings describe; every setting is passed on to the services."""
    given = {name: value for name, value in os.environ.items() if name.startswith(OURS)}
    return KeptPair(
        Path(given.get("FUND_HOME", "var")),
        given.get("LEDGER_BIND", LEDGER_BIND),
        given.get("REPORTING_BIND", REPORTING_BIND),
        settings=given,
    )


def where_to_look(pair: Pair) -> str:
    """What a person needs to go on: addresses, how to make a token, one request."""
    home = "" if pair.home == Path("var") else f"FUND_HOME={pair.home} "
    mint = f"{home}.venv/bin/ledger dev-token --role finance --subject gl-1"
    return f"""
Ledger     {pair.ledger_url}/docs
Reporting  {pair.reporting_url}/
A token    {mint}
A request  curl -H "Authorization: Bearer $({mint})" "{pair.ledger_url}/v1/facility?year=2008"
Ctrl-C stops both.
"""


def _watch(pair: Pair, stop: Stop) -> str:
    """Renew reporting's token as long as both services live; the name of the one that ended; Asked when asked."""
    renewed = time.monotonic()
    while not (ended := pair.ended()):
        if stop.asked:
            raise Asked
        time.sleep(0.2)
        if time.monotonic() - renewed > TOKEN_RENEWAL_S:
            pair.renew_token()
            renewed = time.monotonic()
    return ended


def main() -> int:
    """Run both services until asked to stop: 0; 3 with a sentence when one does not start or ends by itself."""
    leash_option()
    stop = stop_on_signals()
    try:
        with from_environment() as pair:
            print(where_to_look(pair), flush=True)
            print(f"{_watch(pair, stop)} ended by itself; stopping the other.", file=sys.stderr)
    except PairFailed as failure:
        print(failure, file=sys.stderr)
    except Asked:
        return 0
    return 3


if __name__ == "__main__":
    sys.exit(main())
