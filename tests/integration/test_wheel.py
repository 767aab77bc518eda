"""An installed CertHub works like a checkout: the wheel holds templates, migrations, data and static files."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_ships_every_file_that_the_checkout_uses(tmp_path: Path) -> None:
    source = tmp_path / "source"
    folders = ("certhub", "templates", "migrations", "requirements")
    tracked = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ] + ["pyproject.toml", "setup.py", "README.md"]
    for name in tracked:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."],
        cwd=source, check=True, capture_output=True,
    )  # fmt: skip

    shipped = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    expected = {
        name if name.startswith("certhub/") else f"certhub/{name}"
        for name in tracked
        if name.startswith(("certhub/", "templates/", "migrations/"))
    }
    assert expected - shipped == set()
