"""Signed checkpoints of the trail, kept outside the database, and the key they are signed with.

`trail/key.pem` (Ed25519, readable by its owner alone) and `trail/key.pub` are made with the first
checkpoint. `checkpoints.jsonl` holds one checkpoint a line and is only ever added to. A copy of
the file and of the public key somewhere else shows that neither was made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curbside.articles import Checkpoint, Entry
from curbside.codec.records import decode, encode
from curbside.errors import CodecError, DeskError
from curbside.review.trail import checkpoint_text

FOLDER: Final = "trail"
FILE: Final = "checkpoints.jsonl"
KEY: Final = "key.pem"
PUBLIC: Final = "key.pub"


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a desk's checkpoints are, and its key. Neither need exist."""

    file: Path
    keys: Path

    def read(self) -> tuple[Checkpoint, ...]:
        """Every checkpoint, in the order of the file; none where there is no file.

        A last line without an end was being written when its writer was killed, and is left out.

        Raises:
            DeskError: a line is no checkpoint, or the file cannot be read.
        """
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise DeskError(f"{self.file}: expected a file that may be read; {error}") from error
        whole = text[: text.rfind("\n") + 1]
        found = []
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                found.append(decode(Checkpoint, json.loads(line)))
            except (ValueError, CodecError) as error:
                raise DeskError(
                    f"{self.file}, line {number}: expected a checkpoint; {error}"
                ) from error
        return tuple(found)

    def add(self, entry: Entry, *, at: str) -> Checkpoint:
        """Sign where the trail ends now, and add that to the file.

        Raises:
            DeskError: the key or the file cannot be read or written.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            pem = (self.keys / KEY).read_bytes()
        except FileNotFoundError as error:
            if self.trusted_key() is not None:
                # with another key it would be one that nobody trusts
                raise DeskError(
                    f"{self.keys / KEY}: the key that signs checkpoints is not here; put it back"
                    f" from where it is kept. Where it is lost, move {PUBLIC} and {self.file} to"
                    " where they are kept, and a new key is made"
                ) from error
            pem = self._make_key()
        except OSError as error:
            raise DeskError(f"{self.keys / KEY}: {error.strerror}; make it readable") from error
        try:
            key = load_pem_private_key(pem, password=None)
        except ValueError as error:
            raise DeskError(f"{self.keys / KEY}: expected an Ed25519 key; {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise DeskError(f"{self.keys / KEY}: expected an Ed25519 key")
        public = key.public_key().public_bytes_raw().hex()
        if self.trusted_key() is None:
            self._keep_public(public)
        made = Checkpoint(
            sequence=entry.sequence,
            digest=entry.digest,
            at=at,
            key=public,
            signature=key.sign(checkpoint_text(entry.sequence, entry.digest, at)).hex(),
        )
        self._append(json.dumps(encode(made), ensure_ascii=False))
        return made

    def trusted_key(self) -> str | None:
        """The public key in hex; None where no key was made."""
        try:
            return (self.keys / PUBLIC).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise DeskError(f"{self.keys / PUBLIC}: expected a public key; {error}") from error

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


def _ends_whole(file: Path) -> bool:
    try:
        with file.open("rb") as read:
            if not read.seek(0, os.SEEK_END):
                return True
            read.seek(-1, os.SEEK_END)
            return read.read(1) == b"\n"
    except FileNotFoundError:
        return True
