"""Reading the reporting service as the Council does."""

from typing import Any

import requests

from bench.pair import Pair, PairFailed


class Council:
    """Asks with the Council's token; PairFailed for any answer but 200."""

    def __init__(self, pair: Pair) -> None:
        self._url = pair.reporting_url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {pair.token('council')}"

    def facility(self, year: int) -> dict[str, Any]:
        """Both lines' balances of one year."""
        answer: dict[str, Any] = self.get(f"/v1/facility?year={year}").json()
        return answer

    def position(self) -> int:
        """How far the figures are."""
        return int(self.facility(2007)["position"])

    def report(self, year: int, suffix: str) -> bytes:
        """One year's report in one format."""
        return self.get(f"/v1/reports/{year}.{suffix}").content

    def digest(self, year: int) -> tuple[dict[str, Any], str]:
        """A year's report and the digest that issuing it needs."""
        answer = self.get(f"/v1/reports/{year}.json")
        return answer.json(), answer.headers["Fund-Report-Digest"]

    def get(self, path: str) -> requests.Response:
        """The answer to a path."""
        answer = self._session.get(self._url + path, timeout=60)
        if answer.status_code != 200:
            raise PairFailed(f"GET {path}: {answer.status_code}: {answer.text[:500]}")
        return answer
