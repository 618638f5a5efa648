"""Settings come from the environment and one strict file, and from nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs import user_data_path

from curbside.errors import InputError
from curbside.wiring.config import Settings, read_settings


def test_the_home_is_the_folder_that_is_named(tmp_path: Path) -> None:
    assert read_settings({"CURBSIDE_HOME": str(tmp_path)}) == Settings(tmp_path)


def test_a_home_that_does_not_exist_is_no_error(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "such"
    assert read_settings({"CURBSIDE_HOME": str(missing)}) == Settings(missing)
    assert not missing.exists()


@pytest.mark.parametrize("environ", [{}, {"CURBSIDE_HOME": " "}])
def test_without_a_name_the_home_is_the_folder_for_a_persons_data(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert read_settings(environ) == Settings(user_data_path("curbside", appauthor=False))


def test_the_file_may_name_a_database(tmp_path: Path) -> None:
    (tmp_path / "curbside.toml").write_text('database = "postgresql+psycopg://me@host/name"\n')
    assert read_settings({"CURBSIDE_HOME": str(tmp_path)}) == Settings(
        tmp_path, "postgresql+psycopg://me@host/name"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'databse = "x"\n', "unknown key databse; known: database"),
        (b"database = 3\n", "database: expected a database URL like"),
        (b'database = "library.sqlite"\n', "database: expected a database URL like"),
        (b"database", "expected TOML"),
        (b"\xff\xfe", "expected a text file that may be read"),
    ],
)
def test_a_file_that_is_not_understood_is_an_error_that_names_it(
    tmp_path: Path, text: bytes, message: str
) -> None:
    file = tmp_path / "curbside.toml"
    file.write_bytes(text)
    with pytest.raises(InputError) as raised:
        read_settings({"CURBSIDE_HOME": str(tmp_path)})
    assert str(file) in str(raised.value)
    assert message in str(raised.value)


def test_a_home_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(InputError, match="expected a folder for the library, found a file"):
        read_settings({"CURBSIDE_HOME": str(tmp_path / "home")})
