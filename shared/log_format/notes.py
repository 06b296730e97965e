"""C2SP signed notes with Ed25519 keys (type 0x01) and timestamped witness cosignatures (type 0x04)."""

import os
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.private import write_once

ED25519 = 0x01
COSIGNATURE = 0x04
SIGNATURES_MAX = 100
NOTE_BYTES_MAX = 1_000_000
_LINE = "— "
_SECRET = "PRIVATE+KEY"  # noqa: S105 - the format's marker, no secret


class BadNote(ValueError):
    """A note that is malformed, unsigned by any known key, or wrongly signed by one."""


class BadKey(ValueError):
    """A key text or key file that cannot be used."""


def decode_base64(text: str) -> bytes:
    """Standard base64, accepted only in the one spelling that encoding gives back; ValueError otherwise."""
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError("base64 in a second spelling")
    return raw


def _check_name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise BadKey("a key name is non-empty, without spaces and without '+'")
    return name


def _key_id(name: str, algorithm: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def _cosigned(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: the key's name, its 4-byte id, and the bytes after the id."""

    name: str
    key_id: bytes
    blob: bytes

    @property
    def line(self) -> str:
        """The line as written, with its newline."""
        return f"{_LINE}{self.name} {b64encode(self.key_id + self.blob).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed, not yet verified note."""

    text: str
    signatures: tuple[Signature, ...]


class Verifier:
    """A public key that checks signature lines; `vkey` is its text form."""

    def __init__(self, name: str, public: bytes, algorithm: int = ED25519) -> None:
        """`public` is 32 bytes; algorithm ED25519 or COSIGNATURE. BadKey otherwise."""
        if algorithm not in (ED25519, COSIGNATURE) or len(public) != 32:
            raise BadKey("only 32-byte Ed25519 keys of type 1 (notes) or 4 (cosignatures) are supported")
        self.name = _check_name(name)
        self.algorithm = algorithm
        self.public = public
        self.key_id = _key_id(name, algorithm, public)
        self._key = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Reads `name+hex(key id)+base64(type || key)`; BadKey when any part does not fit the others."""
        try:
            name, key_id, encoded = vkey.strip().split("+", 2)
            material = decode_base64(encoded)
            verifier = cls(name, material[1:], material[0])
        except BadKey:
            raise
        except (ValueError, IndexError) as error:
            raise BadKey("a public key reads name+8 hex digits+base64") from error
        if verifier.key_id.hex() != key_id:
            raise BadKey(f"the key id of {name} is {verifier.key_id.hex()}, not {key_id[:16]}")
        return verifier

    @property
    def vkey(self) -> str:
        """The text form, to hand to anyone who is to verify."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.algorithm]) + self.public).decode()}"

    def knows(self, signature: Signature) -> bool:
        """Whether name and key id are this key's."""
        return signature.name == self.name and signature.key_id == self.key_id

    def verify(self, text: str, signature: Signature) -> bool:
        """Whether the signature over the note's text is this key's."""
        message, raw = text.encode(), signature.blob
        if self.algorithm == COSIGNATURE:
            message, raw = _cosigned(int.from_bytes(raw[:8], "big"), text), raw[8:]
        try:
            self._key.verify(raw, message)
        except InvalidSignature:
            return False
        return self.knows(signature)


class SigningKey:
    """A named Ed25519 private key; the file holds one line `PRIVATE+KEY+name+hex(key id)+base64(type || seed)`."""

    def __init__(self, name: str, seed: bytes, algorithm: int = ED25519) -> None:
        """`seed` is the 32-byte private key; BadKey otherwise."""
        if len(seed) != 32:
            raise BadKey("an Ed25519 private key is 32 bytes")
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw(), algorithm)

    @classmethod
    def generate(cls, name: str, algorithm: int = ED25519) -> "SigningKey":
        """A fresh random key; a log's key is named like its origin."""
        return cls(name, os.urandom(32), algorithm)

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Reads the file's line; BadKey when it is damaged."""
        try:
            private, marker, name, key_id, encoded = text.strip().split("+", 4)
            material = decode_base64(encoded)
            key = cls(name, material[1:], material[0])
        except BadKey:
            raise
        except (ValueError, IndexError) as error:
            raise BadKey("this is no signing key file") from error
        if f"{private}+{marker}" != _SECRET or key.verifier.key_id.hex() != key_id:
            raise BadKey("this signing key file is damaged: its parts do not fit each other")
        return key

    @classmethod
    def load(cls, path: str | Path) -> "SigningKey":
        """The key kept in a file; BadKey when damaged, OSError when it cannot be read."""
        return cls.parse(Path(path).read_text(encoding="utf-8"))

    def save(self, path: str | Path) -> None:
        """Keeps the key in a new file of mode 0600, whole or not at all; FileExistsError rather than overwrite."""
        material = b64encode(bytes([self.verifier.algorithm]) + self._seed).decode()
        line = f"{_SECRET}+{self.name}+{self.verifier.key_id.hex()}+{material}\n"
        if not write_once(Path(path), line.encode()):
            raise FileExistsError(f"{path} is there already")

    @property
    def name(self) -> str:
        """The key's name."""
        return self.verifier.name

    @property
    def vkey(self) -> str:
        """The public half in text form."""
        return self.verifier.vkey

    def sign(self, text: str, seconds: int | None = None) -> Signature:
        """A signature over the note's text; a cosigning key dates it with `seconds` since 1970, or now."""
        if self.verifier.algorithm == ED25519:
            return Signature(self.name, self.verifier.key_id, self._key.sign(text.encode()))
        stamp = int(time.time()) if seconds is None else seconds
        blob = stamp.to_bytes(8, "big") + self._key.sign(_cosigned(stamp, text))
        return Signature(self.name, self.verifier.key_id, blob)


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
        raise BadNote("a note's text ends in a newline and has no other control characters")


def sign_note(text: str, key: SigningKey) -> str:
    """The text, a blank line and the key's signature line; BadNote when the text cannot be a note."""
    _check_text(text)
    return f"{text}\n{key.sign(text).line}"


def parse_signature(line: str) -> Signature:
    """One signature line (without newline); BadNote when malformed."""
    name, _, encoded = line.removeprefix(_LINE).partition(" ")
    try:
        if not line.startswith(_LINE):
            raise ValueError("no em dash")
        raw = decode_base64(encoded)
        _check_name(name)
    except ValueError as error:
        raise BadNote("a signature line reads '— name base64'") from error
    if len(raw) < 5:
        raise BadNote("a signature is longer than its key id")
    return Signature(name, raw[:4], raw[4:])


def parse_note(note: str) -> Note:
    """Splits a note into text and signatures, verifying nothing; BadNote when malformed."""
    if len(note) > NOTE_BYTES_MAX:
        raise BadNote("the note is too long")
    _check_text(note)
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")[:-1]
    if not blank or not lines or len(lines) > SIGNATURES_MAX:
        raise BadNote(f"a note is a text, a blank line and 1 to {SIGNATURES_MAX} signature lines")
    return Note(text + "\n", tuple(parse_signature(line) for line in lines))


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text, verified by at least one known key; BadNote when none signed or a known key's signature is wrong."""
    parsed = parse_note(note)
    verified = False
    for verifier in verifiers:
        for signature in filter(verifier.knows, parsed.signatures):
            if not verifier.verify(parsed.text, signature):
                raise BadNote(f"the signature of {verifier.name} is wrong")
            verified = True
    if not verified:
        raise BadNote("no known key signed this note")
    return parsed.text
