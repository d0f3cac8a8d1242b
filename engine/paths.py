"""Where things are: shipped playbooks and templates, the user's configuration, data and cache.

`ZHIBAN_HOME` puts all user folders below one folder (tests, a USB stick, a shared machine),
`ZHIBAN_PLAYBOOKS` names one more folder of playbooks (the option `--playbooks` sets it for one run).
"""

from __future__ import annotations

import os
from pathlib import Path

EXTRA = "ZHIBAN_PLAYBOOKS"


def shipped(kind: str) -> Path:
    """The folder of shipped `playbooks` or `templates`: in the wheel, else in the checkout."""
    here = Path(__file__).resolve().parent
    packed = here / "_data" / kind
    return packed if packed.is_dir() else here.parent / kind


def _user(kind: str) -> Path:
    home = os.environ.get("ZHIBAN_HOME")
    if home:
        return Path(home).expanduser() / kind
    import platformdirs  # imported late: 17 ms that ZHIBAN_HOME spares

    get = {"config": platformdirs.user_config_path, "data": platformdirs.user_data_path}
    return get.get(kind, platformdirs.user_cache_path)("zhiban", appauthor=False)


def missing(path: Path) -> bool:
    """Whether there is nothing at a place; what may not be looked at counts as there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def folder(path: Path) -> bool:
    """Whether there is a folder at a place; what may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def config_dir() -> Path:
    """The folder of `hall.yaml` and the hall's own playbooks (not created here)."""
    return _user("config")


def data_dir() -> Path:
    """The folder of the journal and issued documents (not created here)."""
    return _user("data")


def cache_dir() -> Path:
    """The folder of parsed models; may be deleted at any time."""
    return _user("cache")


def drills_file() -> Path:
    """The one file of drill runs; nothing in it counts for the hall's statistics."""
    return data_dir() / "drills.db"


def hall_file() -> Path:
    """The hall profile."""
    return config_dir() / "hall.yaml"


def hall_playbooks() -> Path:
    """The hall's own playbooks and changes (`extends:`)."""
    return config_dir() / "playbooks"


def extra_playbooks() -> Path | None:
    """The folder of playbooks that the command line or the environment adds, if any."""
    given = os.environ.get(EXTRA)
    return Path(given).expanduser() if given else None
