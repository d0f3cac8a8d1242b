"""What is installed: a light package, complete data, pinned versions that name no place."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

import engine

ROOT = Path(__file__).parent.parent
DATA = {"engine": "engine", "playbooks": "engine/_data/playbooks", "templates": "engine/_data/templates"}
HEAVY = "chinese_calendar click durable jinja2 msgspec openpyxl platformdirs rich sqlite3 yaml"


def _name(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def test_public_names_are_sorted():
    """`engine.__all__`, where there is one, is sorted, complete and without doubles."""
    names = getattr(engine, "__all__", [])
    assert list(names) == sorted(set(names))
    assert all(hasattr(engine, name) for name in names)


def test_import_is_light():
    """`import engine` loads no library: each capability imports its own when it is used."""
    code = "import sys, engine; print(*{name.split('.')[0] for name in sys.modules})"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(loaded.stdout.split()) & set(HEAVY.split())


def test_wheel_is_complete(tmp_path):
    """The wheel tells the source's version and holds the program, every playbook and template, no more."""
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    assert Path(wheel).name == f"zhiban-{engine.__version__}-py3-none-any.whl"
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = set()
    for folder, place in DATA.items():
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
        wanted |= {f"{place}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
    assert wanted <= packed
    assert {name.split("/")[0] for name in packed} <= {"engine", "cli.py"}


def test_pins_are_complete():
    """constraints.txt pins every requirement, by name and version only."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[0] != "#"]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    pinned = {_name(line) for line in lines}
    assert {_name(requirement) for requirement in wanted} <= pinned
