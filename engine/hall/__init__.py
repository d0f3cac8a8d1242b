"""The hall: its profile (`hall.yaml`) and the values that playbooks take from it.

A broken profile never stops an incident: what can be read is used, the rest is a blank, and the
findings say where. YAML is loaded only when there is a file to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from engine import paths
from engine.durations import parse_duration, text_of
from engine.errors import reason
from engine.model import Duration, Fact, Finding, HallValue, Library, Profile, Span, Vocabulary

__all__ = ["at_home", "hall_values", "read_profile"]


def read_profile(
    path: Path | None = None,
    vocabulary: Vocabulary | None = None,
    declared: Iterable[HallValue | Fact] = (),
) -> tuple[Profile, list[Finding]]:
    """The hall profile and every fault in it; never raises for what the file says.

    `path`: default `paths.hall_file()`; a missing file is an empty profile without a finding.
    `vocabulary` gives roles, hall values and hall facts their names and types; `declared` adds those of
    playbooks. Without a vocabulary names are not checked and values are typed by their look.
    """
    path = path or paths.hall_file()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Profile(), []
    except OSError as error:
        message = f"读不了本厅资料（{reason(error)}）"
        return Profile(), [Finding("error", "unreadable", message, Span(str(path), 1, 1), "检查文件的权限")]
    from engine.hall.profile import parse  # imported late: it loads yaml

    return parse(str(path), content, vocabulary, declared)


def hall_values(values: Iterable[HallValue], profile: Profile) -> dict[str, int | str | bool]:
    """Id → the hall's own value, else the declared default; absent when both are blank.

    Numbers are int, durations text such as "30m", yes/no bool. A value of the wrong type counts as blank.
    """
    found: dict[str, int | str | bool] = {}
    for value in values:
        own = _fitting(value, profile.values.get(value.id))
        default = text_of(value.default) if isinstance(value.default, Duration) else value.default
        chosen = default if own is None else own
        if chosen is not None:
            found[value.id] = chosen
    return found


def at_home(library: Library, profile: Profile) -> Library:
    """The library with the hall's own numbers for the defaults: only numbers stand in conditions."""

    def own(values: tuple[HallValue, ...]) -> tuple[HallValue, ...]:
        numbers = hall_values((value for value in values if value.kind == "number"), profile)
        return tuple(replace(value, default=numbers.get(value.id, value.default)) for value in values)

    return replace(
        library,
        vocabulary=replace(library.vocabulary, hall=own(library.vocabulary.hall)),
        playbooks=tuple(replace(playbook, hall=own(playbook.hall)) for playbook in library.playbooks),
    )


def _fitting(value: HallValue, given: int | str | bool | None) -> int | str | bool | None:
    """What the profile gives, if it is of the declared type."""
    if value.kind == "bool":
        return given if isinstance(given, bool) else None
    if given is None or isinstance(given, bool):
        return None
    if value.kind == "number":
        return given if isinstance(given, int) else None
    if value.kind == "duration":
        return given if parse_duration(str(given)) else None
    return str(given)
