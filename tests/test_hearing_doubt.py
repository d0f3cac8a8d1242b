"""A report in mid-incident that could be either of two playbooks: none starts without being named."""

from types import SimpleNamespace as Some

import pytest

from engine.console.hearing import Hearing
from engine.console.replies import Empty, Picked
from engine.reader import load_library
from engine.triage import Match, Triage

DOUBT = Triage(
    "system-failure",
    ("system-failure",),
    (Match("system-failure", 0.9, ()), Match("idle-kiosks", 0.66, ())),
    doubt=("system-failure", "idle-kiosks"),
)


@pytest.mark.parametrize(
    ("reply", "started"), [(Empty(), []), (Picked((2,)), ["idle-kiosks"]), (Picked((0,)), [])]
)
def test_in_doubt_only_what_is_picked_starts(reply, started):
    """Both are shown; Enter and 0 start neither, a number that one."""
    taken, told = [], []
    session = Some(
        library=load_library(hall=False),
        ruleset=Some(facts={}),
        state=Some(facts={}, active=("long-queue",), notes=[]),
        perform=lambda kind, data: taken.append(data["playbook"]),
    )
    term = Some(line=lambda text, *_, **__: told.append(text))
    hearing = Hearing(Some(session=session, t=term, ask=lambda _, __: reply, do=lambda act, *_: act()))
    hearing._confirm(hearing._offers(DOUBT), DOUBT)
    assert taken == started
    assert sum("另有一类事" in line for line in told) == 2
    assert any("都不启用" in line for line in told)
