"""What a process holds of its own is told with its children's, and mapped files are left out."""

from __future__ import annotations

import mmap
import subprocess
import sys
from pathlib import Path

import pytest

from curbside.interfaces.timing import own_memory

pytestmark = pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
_MB = 1 << 20


def test_memory_of_a_child_counts() -> None:
    holds = "import sys; held = bytearray(64 << 20); print(len(held), flush=True); sys.stdin.read()"
    with own_memory() as before:
        pass
    with subprocess.Popen(
        [sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"67108864\n"
        with own_memory() as seen:
            pass
        child.communicate(b"")
    assert before[0] + 64 <= max(seen) <= before[0] + 64 + 32


def test_a_file_mapped_into_memory_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * (64 * _MB))
    with own_memory() as before:
        pass
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as all_:
        assert all_[::4096].count(b"x") == 64 * _MB // 4096
        with own_memory() as seen:
            pass
    assert max(seen) < before[0] + 16
