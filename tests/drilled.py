"""A small run for the tests of debriefs: its figures are reckoned by hand in the comments."""

from datetime import datetime

from engine.clock import BEIJING
from engine.console.drill_desk import role_name
from engine.drill.reading import load
from engine.drill.script import play
from engine.drill.store import TEXT, Store
from engine.journal import Journal
from engine.reader.store import read_files
from tests.drilling import _R, BANK, LIBRARY, RAIN, Script, do

REAL = datetime(2026, 11, 20, 9, 30, tzinfo=BEIJING)
PHONE = "13812345678"
# door (20, within 2m): done at 30 s, met. soothe (20, 3m fading over 1m): words off the point, missed.
# room (10, 3m fading over 3m): asked at 270 s, half of the fading time late, 50 %: 5 marks.
# lead (10, 4m): never asked for, missed. call (25, from the fall at 240 s, 1m): never, missed; the red
# herring came before its time. civil (15): harm shout-back at 200 s, missed, and minus 15.
MARKS = {"door": 20, "soothe": 0, "room": 5, "lead": 0, "call": 0, "civil": 0}
TOTAL = 20 + 5 - 15
ACTS = (
    do(30, "step", _R + "to-door"),
    do(40, "say", text=f"大家等一下，我的电话是{PHONE}。"),
    do(200, "harm", "shout-back"),
    do(270, "ask", _R + "can_shelter", role="guide"),
)


def drilled(journal=None, acts=ACTS, drill=RAIN, name="王敏", real=REAL, people=None, **more):
    """A run of the rain that has ended; the file that is pinned can be read again."""
    record = journal or Journal(None)
    texts = more.pop("texts", {})
    people = {"duty": name, "guide": ""} if people is None else people
    store = Store.create(record, drill, LIBRARY, texts, real, people=people, bank=BANK, **more)
    play(store, Script(*acts), store.state.end)
    return store


def shipped(journal, acts=ACTS[:2], **more):
    """An ended run of the shipped rain drill, pinned so that `Store.open` reads it again."""
    read = load(LIBRARY, "rain-ten-minutes")
    texts = {**read_files(hall=False), f"{TEXT}{read.file}": read.text}
    return drilled(journal, acts, read.drill, texts=texts, **more)


def role(id):
    """A role in words."""
    return role_name(LIBRARY, id)
