"""A library with its review desk as one file, made while others work, and back.

The file is a tar packed with zstd, so that `tar --zstd -xf` reads it, of

- `manifest.json`: what it is of, and the sha256 of each part;
- `database.jsonl.zst`: documents with their history, questions, remarks, people, articles with
  their versions, decisions, signatures and the trail, without sessions (see `store.transfer`);
- `settings.toml`: the settings without what is secret and without places;
- `checkpoints.jsonl`, `head.json`, `key.pub`: the signed checkpoints; `key.pem` where asked for.

It ends in a skippable frame of zstd that holds the sha256 of all before it, so that a file of
which a byte was changed, lost or added is refused before anything is read. The index is worked
out again of the documents.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

import zstandard

from curbside import __version__
from curbside.codec.records import decode
from curbside.errors import CodecError, InputError, LibraryError
from curbside.store import Store, WholeFacts
from curbside.store.database import open_store
from curbside.wiring.audit import faults_of_desk
from curbside.wiring.checkpoints import FILE as CHECKPOINTS_FILE
from curbside.wiring.checkpoints import FOLDER as TRAIL_FOLDER
from curbside.wiring.checkpoints import HEAD, KEY, PUBLIC, Checkpoints
from curbside.wiring.config import FILE_NAME, Settings, settings_at
from curbside.wiring.maintenance import rebuild_library, verify_library
from curbside.wiring.opened import STORE_FILE, has_library, store_of
from curbside.wiring.origins import is_secret

_FORM: Final = "curbside-backup-1"
_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "database.jsonl.zst"
_SETTINGS: Final = "settings.toml"
_PARTS: Final = (_DATABASE, _SETTINGS, CHECKPOINTS_FILE, HEAD, PUBLIC, KEY)
_PLACES: Final = ("database", "desk.checkpoints")
"""Settings that name where the library that was backed up keeps its own: a second library that
wrote there too would damage it."""
_SEAL: Final = (0x184D2A5C).to_bytes(4, "little") + (32).to_bytes(4, "little")
"""A skippable frame (RFC 8878, 3.1.2) of 32 bytes."""
_SEAL_BYTES: Final = len(_SEAL) + 32
_AT_ONCE: Final = 1 << 20
_STAGE: Final = ".restore"
_REPLACED: Final = "replaced"
RESTORED_SETTINGS: Final = "curbside.restored.toml"
"""The settings of a backup beside those that the folder has already."""
_IGNORED: Final = frozenset({FILE_NAME, "lost+found"})

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a backup: its name, its size in bytes, their sha256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of: when and by which version of Curbside it was made, what the database
    held, its parts, and the settings that were left out, by name."""

    form: str
    curbside: str
    at: str
    held: WholeFacts
    parts: tuple[Part, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring: the manifest of the backup, where what was there before lies now
    (None where there was nothing), and whether the key that signs checkpoints is there."""

    manifest: Manifest
    replaced: Path | None
    has_key: bool


def back_up(
    settings: Settings, file: Path, *, at: str, with_key: bool, progress: Progress
) -> Manifest:
    """Write a library and its desk, as they are at one moment, to one file, whole or not at all.

    Whoever reads or writes meanwhile goes on: SQLite is copied a few pages at a time, PostgreSQL
    read in one transaction.

    Args:
        settings: say which library.
        file: what to write; one that is there is replaced.
        at: ISO 8601 time.
        with_key: whether the private key that signs checkpoints goes with it.
        progress: called with what is being done and how much of it is.

    Raises:
        InputError: the file cannot be written.
        LibraryError: there is no library, or it cannot be read.
    """
    home = settings.home
    if home is None or not has_library(settings):
        raise LibraryError(f"{home}: expected a library; make one with `curbside add`")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as scratch:
            stage = Path(scratch)
            # first, as a checkpoint must not tell of an entry that the database has not yet
            _take_checkpoints(settings, home, stage, with_key=with_key)
            table, left_out = _shareable(home)
            if table:
                (stage / _SETTINGS).write_text(_as_toml(table), encoding="utf-8")
            with closing(store_of(home, settings.database)) as store:
                held = _take_database(store, stage, progress)
            parts = tuple(_part(stage / name) for name in _PARTS if (stage / name).exists())
            manifest = Manifest(_FORM, __version__, at, held, parts, left_out)
            packed = stage / "packed"
            _pack(manifest, stage, packed)
            packed.replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written; {error.strerror or error}") from error
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What a backup is of, after every byte of it was checked.

    Raises:
        InputError: the file cannot be read.
        LibraryError: it is no backup, is damaged, cut off or changed, or of another form.
    """
    try:
        return _checked(file)
    except OSError as error:
        raise InputError(
            f"{file}: expected a file that may be read; {error.strerror or error}"
        ) from error


def restore(
    settings: Settings, file: Path, *, at: str, replace: bool, progress: Progress
) -> Restored:
    """Make a library and its desk of a backup, whole or not at all, and verify it.

    All is made and verified in a folder of its own inside the home, and then moved to its place.

    Args:
        settings: say where; a database that they name is filled, else a file in the home.
        file: the backup.
        at: ISO 8601 time, which names the folder that what was there is moved to.
        replace: whether what is in the home may be moved aside.
        progress: called with what is being done and how much of it is.

    Raises:
        InputError: the file cannot be read, or the home is not empty and `replace` is not said.
        LibraryError: the backup is damaged (then nothing was written), or what was made of it does
            not verify.
    """
    home = settings.home
    if home is None:
        raise InputError("expected a folder for the library; name one with --home")
    manifest = read_manifest(file)
    there = _occupying(home)
    if there and not replace:
        raise InputError(
            f"{home}: expected an empty folder, found {there[0].name}; name another with --home, or"
            " say --replace to move what is there aside"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(home / _STAGE, ignore_errors=True)
        stage = home / _STAGE
        stage.mkdir(mode=0o700)
        try:
            _unpack(file, settings, stage, progress)
            _verify(settings, stage, manifest, progress)
            replaced = _move_aside(home, there, at) if there else None
            _put_in_place(stage, home)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise LibraryError(f"{home}: cannot be written; {error.strerror or error}") from error
    return Restored(manifest, replaced, (home / TRAIL_FOLDER / KEY).exists())


# making


def _take_checkpoints(settings: Settings, home: Path, stage: Path, *, with_key: bool) -> None:
    kept = settings.desk.checkpoints or home / TRAIL_FOLDER / CHECKPOINTS_FILE
    wanted = [(kept, CHECKPOINTS_FILE), (kept.with_name(HEAD), HEAD)]
    wanted += [(home / TRAIL_FOLDER / PUBLIC, PUBLIC)]
    wanted += [(home / TRAIL_FOLDER / KEY, KEY)] if with_key else []
    for source, name in wanted:
        try:
            content = source.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LibraryError(f"{source}: cannot be read; {error.strerror or error}") from error
        (stage / name).write_bytes(content)


def _take_database(store: Store, stage: Path, progress: Progress) -> WholeFacts:
    copy = stage / STORE_FILE

    def told(rows: int) -> None:
        progress("rows", rows)

    with (stage / _DATABASE).open("wb") as out:
        if not store.copy_to(copy):
            return store.write_whole(out, progress=told)
        with closing(open_store(copy)) as still:
            held = still.write_whole(out, progress=told)
    copy.unlink()
    return held


def _shareable(home: Path) -> tuple[dict[str, object], tuple[str, ...]]:
    """The settings of the file without what is secret and without places, and what that was."""
    try:
        table = tomllib.loads((home / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    left_out: list[str] = []
    kept = _kept(table, "", left_out)
    return kept, tuple(left_out)


def _kept(table: Mapping[str, object], above: str, left_out: list[str]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        if is_secret(name) or name in _PLACES:
            left_out.append(name)
        elif isinstance(value, dict):
            kept[key] = _kept(value, f"{name}.", left_out)
        else:
            kept[key] = value
    return kept


def _as_toml(table: Mapping[str, object], above: tuple[str, ...] = ()) -> str:
    """A table of text, numbers, truths and lists of these as TOML."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"{_toml_text(key)} = {_toml_value(value)}\n" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            path = (*above, key)
            name = ".".join(map(_toml_text, path))
            lines.append(f"\n[{name}]\n{_as_toml(value, path)}")
    return "".join(lines)


def _toml_value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, str):
        return _toml_text(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toml_text(text: str) -> str:
    # what JSON escapes TOML escapes alike, but for DEL, which TOML wants escaped too
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _part(path: Path) -> Part:
    with path.open("rb") as read:
        digest, size = _digest(read)
    return Part(path.name, size, digest)


def _digest(read: IO[bytes], most: int | None = None) -> tuple[str, int]:
    """The sha256 of what is read, `most` bytes of it at most, and how many these were."""
    total, size = sha256(), 0
    while data := read.read(_AT_ONCE if most is None else min(_AT_ONCE, most - size)):
        total.update(data)
        size += len(data)
    return total.hexdigest(), size


def _pack(manifest: Manifest, stage: Path, target: Path) -> None:
    # readable by its owner alone: it holds who reviewed what, and the hashes of passwords
    target.touch(mode=0o600)
    with target.open("wb") as out:
        compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        with (
            compressor.stream_writer(out, closefd=False) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2).encode() + b"\n"
            _add(tar, _MANIFEST, io.BytesIO(text), len(text))
            for part in manifest.parts:
                with (stage / part.name).open("rb") as read:
                    _add(tar, part.name, read, part.size)
        out.flush()
    with target.open("rb") as read:
        digest, _ = _digest(read)
    with target.open("ab") as out:
        out.write(_SEAL + bytes.fromhex(digest))
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, content)


# reading


def _checked(file: Path) -> Manifest:
    size = file.stat().st_size
    with file.open("rb") as read:
        digest, _ = _digest(read, max(0, size - _SEAL_BYTES))
        seal = read.read()
    if seal != _SEAL + bytes.fromhex(digest):
        raise LibraryError(
            f"{file}: it is no backup of Curbside, or was cut off or changed; nothing was written"
        )
    found: list[Part] = []
    manifest: Manifest | None = None
    with _members(file) as members:
        for name, content in members:
            if name == _MANIFEST:
                manifest = _manifest_of(content.read(), file)
            else:
                digest, length = _digest(content)
                found.append(Part(name, length, digest))
    if manifest is None or tuple(found) != manifest.parts:
        raise LibraryError(f"{file}: its parts are not those of its manifest; nothing was written")
    return manifest


def _manifest_of(content: bytes, file: Path) -> Manifest:
    try:
        data = json.loads(content)
        form = data.get("form") if isinstance(data, dict) else None
        if form != _FORM:
            raise LibraryError(
                f"{file}: expected a backup of the form {_FORM}, found {form!r}; restore it with"
                " the version of Curbside that made it"
            )
        return decode(Manifest, data)
    except (ValueError, CodecError) as error:
        raise LibraryError(f"{file}: its manifest cannot be read ({error})") from error


@contextmanager
def _members(file: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of a backup, in order; only one of the names of its parts is a part."""
    try:
        with (
            file.open("rb") as packed,
            zstandard.ZstdDecompressor().stream_reader(packed) as stream,
            tarfile.open(fileobj=io.BufferedReader(stream), mode="r|") as tar,
        ):
            yield _members_of(tar, file)
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise LibraryError(f"{file}: it cannot be unpacked ({error})") from error


def _members_of(tar: tarfile.TarFile, file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        content = tar.extractfile(member)
        if content is None or member.name not in (_MANIFEST, *_PARTS):
            raise LibraryError(f"{file}: it holds {member.name!r}, which no backup has")
        yield member.name, content


def _unpack(file: Path, settings: Settings, stage: Path, progress: Progress) -> None:
    trail = stage / TRAIL_FOLDER
    trail.mkdir(mode=0o700)
    # the folder's own settings hold in it; those of the backup are read once they are there
    assert settings.home is not None  # noqa: S101  (`restore` refuses that)
    own = settings.home / FILE_NAME
    with _members(file) as members:
        for name, content in members:
            if name == _DATABASE:
                with closing(store_of(stage, settings.database)) as store:
                    store.read_whole(
                        content, name=str(file), progress=lambda rows: progress("rows", rows)
                    )
            elif name == _SETTINGS:
                target = stage / (RESTORED_SETTINGS if own.exists() else FILE_NAME)
                target.write_bytes(content.read())
            elif name != _MANIFEST:
                target = trail / name
                target.touch(mode=0o600)
                target.write_bytes(content.read())
    if own.exists():
        shutil.copyfile(own, stage / FILE_NAME)


def _verify(settings: Settings, stage: Path, manifest: Manifest, progress: Progress) -> None:
    """Hold what was made against the manifest, and verify library and trail."""
    trail = stage / TRAIL_FOLDER
    # not where the settings say: there may be checkpoints of what came after the backup
    checkpoints = Checkpoints(trail / CHECKPOINTS_FILE, trail)
    # a key that this version does not know is refused here, and not by the next command
    settings_at(stage)
    with closing(store_of(stage, settings.database)) as store:
        with store.reading_desk() as desk:
            last, articles = desk.last_entry(), len(desk.articles())
        batch = store.last_batch()
        made = (
            store.fingerprint(),
            batch.batch if batch else 0,
            articles,
            last.sequence if last else 0,
            last.digest if last else "",
        )
        held = manifest.held
        if made != (held.fingerprint, held.batch, held.articles, held.entries, held.trail):
            raise LibraryError("what was restored is not what the manifest says; nothing was kept")
        faults = list(faults_of_desk(store, checkpoints))
    # no codes are kept, so whoever restores need not have the encoder
    bare = Settings(stage, settings.database)
    rebuild_library(stage, settings=bare, progress=lambda done: progress("documents", done))
    faults += verify_library(stage, settings=bare, progress=progress)
    if faults:
        raise LibraryError(f"what was restored is not whole, nothing was kept: {'; '.join(faults)}")


def _occupying(home: Path) -> list[Path]:
    """What stands in a folder that a library would be restored to."""
    if not home.is_dir():
        return []
    return sorted(
        path
        for path in home.iterdir()
        if path.name not in (*_IGNORED, _STAGE) and not path.name.startswith(f"{_REPLACED}-")
    )


def _move_aside(home: Path, there: Sequence[Path], at: str) -> Path:
    name = f"{_REPLACED}-{at.replace(':', '')}"
    target, number = home / name, 1
    while target.exists():
        number += 1
        target = home / f"{name}-{number}"
    target.mkdir(mode=0o700)
    for path in there:
        path.rename(target / path.name)
    return target


def _put_in_place(stage: Path, home: Path) -> None:
    # the database last: until it is there no command takes the folder for a library
    for path in sorted(stage.iterdir(), key=lambda each: (each.name == STORE_FILE, each.name)):
        path.rename(home / path.name)
