"""The ledger's log over HTTP: checkpoints by long poll, tiles and entry bundles, a few of them ahead of need."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any, Generic, TypeVar

import requests
from requests.auth import AuthBase

from shared.log_format.merkle import HASH_SIZE, TILE_HEIGHT
from shared.log_format.tiles import BadBundle, Entries, decode_bundle, entries_path, parse_path, tile_path

THREADS = 4
AHEAD = 8
CONNECT_S = 3.0
READ_S = 10.0
WHOLE_ANSWER_S = 60.0
CHECKPOINT_BYTES_MAX = 1 << 17
NONE_YET = frozenset({400, 404})
"""Nothing is cosigned yet, or the ledger is of a version that knows no witnesses."""
BUNDLE_BYTES_MAX = 256 * (2 + 65_535)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Unreachable(Exception):
    """The ledger gave no usable answer: try again later."""


class Closed(Unreachable):
    """The follower is being stopped."""


class NotServed(Exception):
    """The ledger has signed for something that it does not serve, or serves in the wrong form; from which position."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


class _Bearer(AuthBase):
    """Asks for the token at each request, so that a renewed one is used at once."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token := self._token():
            request.headers["Authorization"] = f"Bearer {token}"
        return request


class _Workers:
    """Daemon threads, so that an answer that never ends holds up neither the follower nor the end of the process."""

    def __init__(self, threads: int) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = threads
        for number in range(threads):
            threading.Thread(target=self._run, name=f"fetch-{number}", daemon=True).start()

    def submit(self, work: Callable[[], _Result]) -> Future[_Result]:
        future: Future[_Result] = Future()
        self._jobs.put(lambda: _settle(future, work))
        return future

    def close(self) -> None:
        for _ in range(self._threads):
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _settle(future: Future[_Result], work: Callable[[], _Result]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the result
            future.set_exception(error)


class Ahead(Generic[_Item, _Result]):
    """Fetches begun at once, a few at a time; iterate for the results in order, close to begin no more."""

    def __init__(
        self,
        submit: Callable[[_Item], Future[_Result]],
        result: Callable[[Future[_Result]], _Result],
        items: Iterable[_Item],
    ) -> None:
        self._submit, self._result, self._items = submit, result, iter(items)
        self._waiting: deque[tuple[_Item, Future[_Result]]] = deque()
        self._begin(AHEAD)

    def __iter__(self) -> Iterator[tuple[_Item, _Result]]:
        while self._waiting:
            item, future = self._waiting.popleft()
            result = self._result(future)
            self._begin(1)
            yield item, result

    def close(self) -> None:
        """Give up what was not begun yet."""
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()

    def _begin(self, count: int) -> None:
        self._waiting.extend((item, self._submit(item)) for item in islice(self._items, count))


class RemoteLog:
    """Fetches from one ledger. Raises Unreachable (try again), NotServed (doubt the log) or Closed (being stopped)."""

    def __init__(self, url: str, token: Callable[[], str], ca_file: str | None = None) -> None:
        """`url` is the log's prefix; `token` is called for each request; `ca_file` replaces the usual authorities."""
        self._url = url.rstrip("/") + "/"
        self._auth = _Bearer(token)
        self._verify: str | bool = ca_file or True
        self._closed: Future[None] = Future()
        self._sessions = threading.local()
        self._workers = _Workers(THREADS)

    def close(self) -> None:
        """Let go of every wait at once; running requests end by themselves and nobody looks at their answers."""
        if not self._closed.done():
            self._closed.set_result(None)
        self._workers.close()

    def pause(self, seconds: float) -> None:
        """Wait, or raise Closed as soon as the follower is stopped."""
        if wait([self._closed], timeout=seconds).done:
            raise Closed

    def checkpoint(self, after: int | None = None, wait_s: int = 0) -> str:
        """The signed checkpoint; with `after`, once one larger than that stands or `wait_s` seconds are over."""
        path = "checkpoint" if after is None else f"checkpoint?after={after}&wait={wait_s}"
        body = self._result(self._workers.submit(lambda: self._get(path, CHECKPOINT_BYTES_MAX, wait_s)), wait_s)
        try:
            return body.decode()
        except UnicodeDecodeError as error:
            raise Unreachable("the checkpoint is no text") from error

    def cosigned(self) -> str | None:
        """The newest checkpoint that the ledger's witnesses cosigned; None while there is none."""
        path = "checkpoint?cosigned=true"
        body = self._result(self._workers.submit(lambda: self._get(path, CHECKPOINT_BYTES_MAX, absent=NONE_YET)))
        try:
            return body.decode() or None
        except UnicodeDecodeError as error:
            raise Unreachable("the cosigned checkpoint is no text") from error

    def tile(self, level: int, index: int, width: int) -> list[bytes]:
        """`width` hashes from the start of a tile."""
        path = tile_path(level, index, width)
        body = self._get(path, width * HASH_SIZE)
        if len(body) != width * HASH_SIZE:
            raise NotServed(f"{path} has {len(body)} bytes, not {width * HASH_SIZE}", _first_position(path))
        return [body[at : at + HASH_SIZE] for at in range(0, len(body), HASH_SIZE)]

    def bundle(self, index: int, width: int) -> list[bytes]:
        """The entries of a bundle, however many it holds: `width` are expected."""
        path = entries_path(index, width)
        try:
            return decode_bundle(self._get(path, BUNDLE_BYTES_MAX))
        except BadBundle as error:
            raise NotServed(f"{path} cannot be read: {error}", _first_position(path)) from error

    def ahead(self, fetch: Callable[[_Item], _Result], items: Iterable[_Item]) -> "Ahead[_Item, _Result]":
        """Each item with what was fetched for it, in order, while the next ones are already being fetched."""
        return Ahead(lambda item: self._workers.submit(lambda: fetch(item)), self._result, items)

    def _result(self, future: Future[_Result], extra_s: float = 0.0) -> _Result:
        """Waits for an answer, but not for ever: an endless one is left behind with the threads that read it."""
        either: list[Future[Any]] = [future, self._closed]
        done = wait(either, timeout=WHOLE_ANSWER_S + extra_s, return_when=FIRST_COMPLETED).done
        if self._closed.done():
            raise Closed
        if not done:
            self._workers.close()
            self._workers = _Workers(THREADS)
            raise Unreachable(f"an answer took more than {WHOLE_ANSWER_S + extra_s:.0f} seconds")
        return future.result()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            session.trust_env = False  # a proxy or .netrc of the machine must not come between the two services
            session.verify, session.auth = self._verify, self._auth
            session.headers.update({"User-Agent": "1035-fund-reporting/1 (tlog-tiles)", "Accept-Encoding": "identity"})
        return session

    def _get(self, path: str, bytes_max: int, wait_s: float = 0.0, absent: frozenset[int] = frozenset()) -> bytes:
        """The answer's body; b"" when its status is one of `absent`."""
        try:
            with self._session().get(
                self._url + path, timeout=(CONNECT_S, READ_S + wait_s), stream=True, allow_redirects=False
            ) as answer:
                body = _read(answer, bytes_max) if answer.status_code == requests.codes.ok else b""
        except (requests.RequestException, OSError) as error:
            raise Unreachable(f"{path}: {_cause(error)}") from error
        if answer.status_code == requests.codes.not_found and path.startswith("tile/"):
            raise NotServed(f"{path} is not served", _first_position(path))
        if answer.status_code != requests.codes.ok and answer.status_code not in absent:
            raise Unreachable(f"{path} is answered with status {answer.status_code}")
        return body


def _read(answer: requests.Response, bytes_max: int) -> bytes:
    parts, length, began = [], 0, time.monotonic()
    for part in answer.iter_content(1 << 16):
        parts.append(part)
        length += len(part)
        if length > bytes_max:
            raise requests.exceptions.ContentDecodingError(f"more than {bytes_max} bytes")
        if time.monotonic() - began > WHOLE_ANSWER_S:
            raise requests.exceptions.ReadTimeout("the answer does not end")
    return b"".join(parts)


def _first_position(path: str) -> int:
    tile = parse_path(path)
    return (tile.index << TILE_HEIGHT * (1 if isinstance(tile, Entries) else tile.level + 1)) + 1


def _cause(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return f"{type(error).__name__}: {error}"[:200]
