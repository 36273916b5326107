"""The user's folders, and files that are whole or not there."""

from pathlib import Path

import pytest

from mldx.knowledge import user_files


@pytest.mark.parametrize(
    "variable, folder",
    [("MLDX_CACHE_DIR", user_files.cache_folder), ("MLDX_DATA_DIR", user_files.data_folder)],
)
def test_a_variable_names_another_folder(variable, folder, monkeypatch):
    """A user who wants the files elsewhere says so in the environment."""
    monkeypatch.setenv(variable, "elsewhere")

    assert folder() == Path("elsewhere")


def test_the_folder_is_named_after_the_program(monkeypatch):
    """Without a variable it is the folder that the system keeps for such files."""
    monkeypatch.delenv("MLDX_CACHE_DIR", raising=False)

    assert "mldx" in user_files.cache_folder().parts


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """When the move fails, the file is as it was, and no part of the new one lies about."""
    file = tmp_path / "kept.json"
    user_files.write_atomically(file, "old")

    def refuse(self, target):
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        user_files.write_atomically(file, "new")

    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("kept.json", "old")]
