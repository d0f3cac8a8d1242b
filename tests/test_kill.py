"""kill -9 at random moments of a walk: everything that was acknowledged on the screen is in the record."""

import os
import random
import re
import time

import pytest

from tests.walking import Officer, emitted, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
_DONE = re.compile(r"\d 已办好：(.+)")


class Survivor:
    """An officer whose machine dies again and again."""

    def __init__(self, home, seed: int) -> None:
        self.home, self.chance = home, random.Random(seed)
        self.officer = Officer(home, "respond", "--playbook", "rain-before-opening")
        self.done: list[str] = []
        self.notes: list[str] = []
        self.answers = 0
        self.serial = 0

    def live(self, most: int = 6) -> None:
        """Type a few things, then die at a random moment: at rest or just after Enter."""
        screen = self.see()
        for _ in range(self.chance.randint(0, most)):
            if "已结束" in screen:
                break
            self.type(screen)
            screen = self.see()
        if self.officer.child.isalive() and self.chance.random() < 0.7:
            self.type(screen)
            time.sleep(self.chance.random() * 0.02)
        self.officer.child.kill(9)
        self.collect(self.officer.child.read())
        self.officer.child.close()

    def type(self, screen: str) -> None:
        """Mark, answer or note something."""
        if self.chance.random() < 0.4:
            self.serial += 1
            self.officer.child.sendline(f"n 记号第{self.serial}号")
        elif "答> " in screen[-8:]:
            self.officer.child.sendline(self.chance.choice("120"))
        else:
            self.officer.child.sendline(self.chance.choice(["1", "1 2", "全", "", "1h"]))

    def see(self) -> str:
        """Read up to the next prompt."""
        screen = self.officer.at_prompt()
        self.collect(screen)
        return screen

    def collect(self, screen: str) -> None:
        """Remember what was acknowledged."""
        text = re.sub(r"\r?\n {3}", "", screen).replace("\r", "")
        self.done += [found.strip() for found in _DONE.findall(text)]
        if "记下了。" in text:
            self.notes.append(f"记号第{self.serial}号")

    def check(self) -> str:
        """Everything acknowledged is in the record; the incident's status."""
        shown = emitted(self.home, "incident", "show", "--json")
        whats = {step["step"]: step["what"] for steps in shown["plan"].values() for step in steps}
        marked = [e["step"] for e in shown["events"] if e["kind"] == "marked" and e["outcome"] == "done"]
        texts = {event["text"] for event in shown["events"] if event["kind"] == "noted"}
        assert len(marked) >= len(self.done)
        known = {whats[key] for key in marked if key in whats}
        gone = [key for key in marked if key not in whats]
        assert len(set(self.done) - known) <= len(set(gone))
        assert set(self.notes) <= texts
        return str(shown["status"])


def survive(home, seed: int, kills: int) -> None:
    """Kill and resume that often, then prove the record."""
    survivor, left = Survivor(home, seed), kills
    while left:
        survivor.live()
        left -= 1
        if survivor.check() == "closed":
            assert run(home, "incident", "verify").returncode == 0
            survivor = Survivor(home, seed + left)
        else:
            survivor.officer = Officer(home, "resume")
    survivor.officer.child.close(force=True)
    assert run(home, "incident", "verify").returncode == 0
    assert run(home, "incident", "replay").returncode == 0


def test_ten_kills(tmp_path):
    """Ten kills at random points of a walk."""
    survive(tmp_path, 1, 10)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 20))
def test_hundred_kills(tmp_path, seed):
    """A hundred more, over ten walks."""
    survive(tmp_path, seed, 10)
