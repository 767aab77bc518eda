"""Builds the wheel; everything but the two folders beside the package is said in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithFolders(build_py):
    """Ships `templates/` and `migrations/`, which stand beside the package, inside it."""

    def run(self) -> None:
        """Build, then copy the two folders to where `certhub.app.shipped` looks for them."""
        super().run()
        if not self.editable_mode:
            for folder in ("templates", "migrations"):
                target = Path(self.build_lib, "certhub", folder)
                shutil.copytree(folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithFolders})
