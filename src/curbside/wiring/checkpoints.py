"""Signed checkpoints of the trail, kept outside the database, and the key they are signed with.

`trail/key.pem` (Ed25519, readable by its owner alone) and `trail/key.pub` are made with the first
checkpoint. `checkpoints.jsonl` holds one checkpoint a line and is only ever added to; `head.json`
beside it holds the newest, of every entry, so that no end can be cut off unseen. A copy of the
file and of the public key somewhere else shows that neither was made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Final

from curbside.articles import Checkpoint, Entry, Move
from curbside.codec.records import decode, encode
from curbside.errors import CodecError, DeskError
from curbside.review.trail import checkpoint_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER: Final = "trail"
FILE: Final = "checkpoints.jsonl"
KEY: Final = "key.pem"
PUBLIC: Final = "key.pub"
HEAD: Final = "head.json"
_EVERY: Final = 100
"""Entries after which a line is added; an approval and its end add one at once."""
_MARKING: Final = frozenset({Move.APPROVE.value, Move.REVOKE.value})


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a desk's checkpoints are, and its key. Neither need exist."""

    file: Path
    keys: Path

    def read(self) -> tuple[Checkpoint, ...]:
        """Every checkpoint, in the order of the file, then the newest; none where there is none.

        A last line without an end was being written when its writer was killed, and is left out.

        Raises:
            DeskError: a line is no checkpoint, or the file cannot be read.
        """
        text = _text(self.file)
        lines = text[: text.rfind("\n") + 1].splitlines()
        found = [
            _checkpoint(line, f"{self.file}, line {number}")
            for number, line in enumerate(lines, start=1)
        ]
        if newest := _text(self._head):
            found.append(_checkpoint(newest, str(self._head)))
        return tuple(dict.fromkeys(found))

    def note(self, entry: Entry) -> None:
        """Sign an entry that was kept, as where the trail ends now; add a line where one is due.

        Nothing is signed while the private key is not where it was made: work goes on, and
        `audit-log verify` tells from where on the end is not signed.

        Raises:
            DeskError: the key or a file cannot be read or written.
        """
        if self.trusted_key() is not None and not (self.keys / KEY).exists():
            return
        if entry.what in _MARKING or entry.sequence % _EVERY == 0:
            self.add(entry, at=entry.at)
        else:
            self._put_head(self._signed(entry, entry.at))

    @property
    def _head(self) -> Path:
        return self.file.with_name(HEAD)

    def add(self, entry: Entry, *, at: str) -> Checkpoint:
        """Sign where the trail ends now, and add that to the file.

        Raises:
            DeskError: the key or the file cannot be read or written.
        """
        made = self._signed(entry, at)
        self._append(json.dumps(encode(made), ensure_ascii=False))
        self._put_head(made)
        return made

    def _signed(self, entry: Entry, at: str) -> Checkpoint:
        try:
            pem = (self.keys / KEY).read_bytes()
        except FileNotFoundError as error:
            if self.trusted_key() is not None:
                # with another key it would be one that nobody trusts
                raise DeskError(
                    f"{self.keys / KEY}: the key that signs checkpoints is not here; put it back"
                    f" from where it is kept. Where it is lost, move {PUBLIC}, {HEAD} and"
                    f" {self.file} to where they are kept, and a new key is made"
                ) from error
            pem = self._make_key()
        except OSError as error:
            raise DeskError(f"{self.keys / KEY}: {error.strerror}; make it readable") from error
        try:
            key = _key(pem)
        except (ValueError, TypeError) as error:
            raise DeskError(f"{self.keys / KEY}: expected an Ed25519 key; {error}") from error
        public = key.public_key().public_bytes_raw().hex()
        if self.trusted_key() is None:
            self._keep_public(public)
        return Checkpoint(
            sequence=entry.sequence,
            digest=entry.digest,
            at=at,
            key=public,
            signature=key.sign(checkpoint_text(entry.sequence, entry.digest, at)).hex(),
        )

    def _put_head(self, made: Checkpoint) -> None:
        """Whole or as it was. Of two processes the later entry should stay; where the earlier one
        is a moment later, an older end is signed until the next entry."""
        if newest := _text(self._head):
            known = _checkpoint(newest, str(self._head))
            if known.sequence > made.sequence and known.key == made.key:
                return
        part = self._head.with_name(f".{HEAD}.{os.getpid()}.{get_ident()}.part")
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(encode(made), ensure_ascii=False) + "\n", encoding="utf-8")
            part.replace(self._head)
        except OSError as error:
            raise DeskError(f"{self._head}: cannot be written; {error.strerror}") from error

    def trusted_key(self) -> str | None:
        """The public key in hex; None where no key was made."""
        return _text(self.keys / PUBLIC).strip() or None

    def _keep_public(self, key: str) -> None:
        try:
            (self.keys / PUBLIC).write_text(key + "\n", encoding="ascii")
        except OSError as error:
            raise DeskError(f"{self.keys / PUBLIC}: cannot be written; {error}") from error

    def _append(self, line: str) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # the start on a new line: one that a killed writer left without an end stands alone
            lead = "" if _ends_whole(self.file) else "\n"
            # one write to a file that is opened for adding: lines of two writers do not mix
            with self.file.open("ab", buffering=0) as out:
                out.write(f"{lead}{line}\n".encode())
                os.fsync(out.fileno())
        except OSError as error:
            raise DeskError(f"{self.file}: cannot be written; {error.strerror}") from error

    def _make_key(self) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = self.keys / KEY
        try:
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            part.touch(mode=0o600)
            part.write_bytes(pem)
            try:
                # of two that make the first key at once the first keeps its own
                os.link(part, path)
            except FileExistsError:
                return path.read_bytes()
            finally:
                part.unlink()
        except OSError as error:
            raise DeskError(f"{path}: cannot be written; {error.strerror}") from error
        return pem


def signed_by(key: str | None) -> Callable[[Checkpoint], bool]:
    """Whether a checkpoint is signed, and by that public key (hex); None trusts no key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    def is_signed(checkpoint: Checkpoint) -> bool:
        if key is None or checkpoint.key != key:
            return False
        text = checkpoint_text(checkpoint.sequence, checkpoint.digest, checkpoint.at)
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(checkpoint.signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True

    return is_signed


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError(f"{file}: expected a file that may be read; {error}") from error


def _checkpoint(line: str, where: str) -> Checkpoint:
    try:
        return decode(Checkpoint, json.loads(line))
    except (ValueError, CodecError) as error:
        raise DeskError(f"{where}: expected a checkpoint; {error}") from error


@lru_cache(maxsize=4)
def _key(pem: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"found {type(key).__name__}")
    return key


def _ends_whole(file: Path) -> bool:
    try:
        with file.open("rb") as read:
            if not read.seek(0, os.SEEK_END):
                return True
            read.seek(-1, os.SEEK_END)
            return read.read(1) == b"\n"
    except FileNotFoundError:
        return True
