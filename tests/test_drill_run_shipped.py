"""The shipped drills played by scripts, and runs opened again from the texts pinned with them."""

from datetime import datetime

import pytest

from engine.clock import BEIJING, stamp
from engine.drill import perform
from engine.drill.fold import fold
from engine.drill.reading import files, folder, read_file
from engine.drill.script import run_script
from engine.drill.store import TEXT, Store, runs
from engine.errors import BadData
from engine.journal import Journal
from engine.reader import load_with_texts
from tests.drilling import BANK, LIBRARY

FILES = files()
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)


def drill_of(file):
    """A shipped drill."""
    read = read_file(LIBRARY, file)
    assert read.drill is not None, read.findings
    return read.drill


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_shipped_drills_fold_and_keep_their_times(file):
    """What a random trainee left folds to the state that was played to; the grain of time changes nothing."""
    drill = drill_of(file)
    run = run_script(drill, LIBRARY, "random", 7, bank=BANK)
    assert fold(drill, LIBRARY, run.store.events).snapshot() == run.state.snapshot()
    coarse, fine = (run_script(drill, LIBRARY, "silent", 1, bank=BANK, tick=tick) for tick in (3, 61))
    assert coarse.store.events == fine.store.events


def test_a_run_is_opened_with_what_was_pinned(tmp_path):
    """A run goes on with the drill file and playbooks of its beginning; without the file it is refused."""
    library, texts = load_with_texts(hall=False)
    file = folder() / "rain-ten-minutes.yaml"
    read = read_file(library, file)
    with Journal(tmp_path / "drills.db") as journal:
        pinned = {**texts, TEXT + read.file: read.text}
        store = Store.create(journal, read.drill, library, pinned, NOW, people={"duty": "老王"}, bank=BANK)
        perform.act(store, "duty", "step", "rain-before-opening.to-door", "", store.state.begun)
        again = Store.open(journal, store.id)
        assert again.state.snapshot() == store.state.snapshot()
        assert again.drill.id == "rain-ten-minutes"
        [run] = runs(journal)
        assert (run.mode, run.title) == ("drill", "【演练】" + store.drill.title)
        assert store.state.opening["real"] == stamp(NOW)
        assert journal.list("real") == []
        bare = Store.create(journal, read.drill, library, texts, NOW)
        with pytest.raises(BadData):
            Store.open(journal, bare.id)
