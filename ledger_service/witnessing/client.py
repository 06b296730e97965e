"""One C2SP tlog-witness server, asked over HTTP to cosign a checkpoint."""

import re
import time
from collections.abc import Sequence

import requests

from shared.log_format.notes import BadNote, Signature
from shared.log_format.witnesses import Witness, add_checkpoint, cosignatures

TIMEOUT_SECONDS = 10.0
ANSWER_BYTES_MAX = 65_536
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n?")


class NoAnswer(Exception):
    """The witness cannot be reached, or answered with something else: ask again later."""


class WillNot(Exception):
    """The witness answered that it does not cosign this, and why."""


class Contradicts(Exception):
    """The witness has seen another history of this log than the one it was shown."""


class Knows(Exception):
    """The last checkpoint that the witness cosigned has another size than was said."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it knows {size} entries")
        self.size = size


WHY = {
    400: "it takes the request for malformed",
    403: "it does not trust the key that signed the checkpoint",
    404: "it does not know this log's origin",
}


class Client:
    """Asks one witness; one thread uses it."""

    def __init__(self, witness: Witness, timeout_s: float = TIMEOUT_SECONDS) -> None:
        """`timeout_s` bounds connecting, each wait for bytes, and the whole answer."""
        self._witness = witness
        self._timeout = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # neither a proxy nor a password of the machine's user

    def cosign(self, old_size: int, proof: Sequence[bytes], note: str) -> list[Signature]:
        """Its cosignatures of the checkpoint, verified; NoAnswer, WillNot, Knows or Contradicts otherwise."""
        status, body = self._post(add_checkpoint(old_size, proof, note))
        if status == requests.codes.conflict and (size := _SIZE.fullmatch(body)):
            raise Knows(int(size[1]))
        if status == requests.codes.unprocessable_entity:
            raise Contradicts(f"has seen another history of this log: what it cosigned at {old_size} entries differs")
        if status in WHY:
            raise WillNot(WHY[status])
        if status != requests.codes.ok:
            raise NoAnswer(f"it answers with status {status}")
        try:
            return cosignatures(body.decode(), note, self._witness.verifier)
        except (BadNote, UnicodeDecodeError) as error:
            raise WillNot(f"its answer is no cosignature of this checkpoint: {error}") from error

    def _post(self, body: bytes) -> tuple[int, bytes]:
        url = f"{str(self._witness.url).rstrip('/')}/add-checkpoint"
        try:
            with self._session.post(
                url, data=body, timeout=self._timeout, stream=True, allow_redirects=False
            ) as answer:
                return answer.status_code, self._read(answer)
        except (requests.RequestException, OSError) as error:
            raise NoAnswer(f"it cannot be reached ({type(error).__name__})") from error

    def _read(self, answer: requests.Response) -> bytes:
        read, began = bytearray(), time.monotonic()
        for byte in answer.iter_content(1):
            read += byte
            if len(read) > ANSWER_BYTES_MAX or time.monotonic() - began > self._timeout:
                raise NoAnswer("its answer does not end")
        return bytes(read)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()
