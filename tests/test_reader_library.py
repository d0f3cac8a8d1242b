"""Layers of files, the hall's changes, the cache, and files that cannot be read."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from reader_texts import ALWAYS, GOOD, TEMPLATE, TEXTS, VOCABULARY, by_id, codes, read, small

from engine import model as m
from engine import paths, reader
from engine.errors import NotFound

CHANGE = "extends: system-failure\n"


def step(library, name, playbook="system-failure"):
    """A step of a playbook."""
    return next(s for s in by_id(library)[playbook].steps if s.key == f"{playbook}.{name}")


# ---- the hall's changes -----------------------------------------------------------------------


def test_change_of_fields():
    """A change replaces the fields it names and leaves the others; `hear` is added."""
    text = (
        CHANGE
        + "title: 系统\nhear: 断网\nends_in: say-back\n"
        + "hall: {desk_count: {default: 20}}\n"
        + "facts: {fault_kind: {ask: 现在呢？}, broken: {hear: {power: 停电, net: 没网}}}\n"
        + "steps: {look: {within: 3m}, lead-calls: {every: , to: it}}\n"
    )
    library = read(hall__change=text)
    assert library.findings == ()
    playbook = by_id(library)["system-failure"]
    assert (playbook.title, playbook.origin, playbook.hall[0].default) == ("系统", "shipped", 20)
    assert playbook.hear[-1].groups == (("断网",),)
    assert len(playbook.hear) == 5
    assert playbook.ends_in == ("system-failure.say-back",)
    fact = next(f for f in playbook.facts if f.key.endswith("fault_kind"))
    assert (fact.ask, len(fact.choices)) == ("现在呢？", 3)
    broken = next(f for f in playbook.facts if f.key.endswith("broken"))
    assert [(h.value, len(h.signals)) for h in broken.hear] == [("net", 2), ("power", 1)]
    assert step(library, "look").within == m.Deadline(m.Duration(3))
    calls = step(library, "lead-calls")
    assert (calls.every, calls.to, calls.after) == (None, "it", ("system-failure.call-it",))
    assert playbook.digest not in library.texts.values()
    assert by_id(library)["always"].digest in library.texts.values()


def test_change_adds_and_drops():
    """New facts, steps and rules stand behind the old ones; what is dropped leaves every rule."""
    text = CHANGE + (
        "facts: {crowd: {ask: 人多吗？}}\n"
        "rules:\n  control:\n  - {when: {crowd: yes}, do: {fence: {what: 拉起隔离带, source: own}, look: }}\n"
        "drop: [come-back, again]\n"
    )
    library = read(hall__change=text)
    assert library.findings == ()
    playbook = by_id(library)["system-failure"]
    ids = [rule.key.partition(".")[2] for rule in playbook.rules]
    assert ids[:3] == ["look", "look-2", "fence"]
    # its rule also activates another playbook: it stays without the step
    rule = next(r for r in playbook.rules if r.activate)
    assert rule.do == ()
    assert not any(s.key.endswith("come-back") for s in playbook.steps)
    assert playbook.ends_in == ("system-failure.say-back",)
    assert "system-failure.crowd" in playbook.order


def test_changes_come_one_after_another():
    """Two changes of one playbook both apply; the good one also when the other is broken."""
    library = read(
        hall__a=CHANGE + "steps: {look: {what: 去看看}}\n",
        hall__b=CHANGE + "steps: {look: {who: nobody}}\n",
        hall__c=CHANGE + "steps: {look: {say: 我来看看。}}\n",
    )
    assert codes(library) == ["change-rejected", "unknown-role"]
    assert {f.span.file for f in library.findings} == {"hall/b.yaml"}
    look = step(library, "look")
    assert (look.what, look.say, look.who) == ("去看看", "我来看看。", "")


REJECTED = {
    "no such playbook": ("extends: sytem-failure\n", "no-target", "`system-failure`"),
    "no such step": (CHANGE + "steps: {lok: {within: 5m}}\n", "no-target", "`look`"),
    "no such fact": (CHANGE + "facts: {fault_knd: {ask: 呢？}}\n", "no-target", "`fault_kind`"),
    "no such value": (CHANGE + "hall: {desk_cuont: {default: 3}}\n", "no-target", "`desk_count`"),
    "nothing to drop": (CHANGE + "drop: tel\n", "no-target", "`tell`"),
    "declared again": (
        CHANGE + "rules: {control: [{do: {look: {what: 又看}}}]}\n",
        "declared-twice",
        "playbooks/system-failure.yaml",
    ),
    "same rule id": (CHANGE + "rules: {control: [{id: again, do: {look: }}]}\n", "duplicate-rule", "换"),
    "roles": (CHANGE + "roles: {cook: 厨师}\n", "bad-fields", "公用词汇"),
    "misspelt field": (CHANGE + "stesp: {look: {within: 3m}}\n", "unknown-field", "`steps`"),
    "duplicate key": (CHANGE + "drop: tell\ndrop: again\n", "duplicate-key", "留下"),
    "dropped but needed": (CHANGE + "drop: fix_minutes\n", "unknown-fact", ""),
    "field without target": (CHANGE + "facts: {fix_minutes: {unit: }}\n", "not-a-number", ""),
    "vocabulary step": (CHANGE + "steps: {calm: {what: 劝}}\n", "no-target", ""),
    "vocabulary rules": ("extends: zhiban\nrules: {control: [{do: {calm: }}]}\n", "bad-fields", "剧本"),
    "vocabulary title": ("extends: zhiban\ntitle: x\n", "bad-fields", "剧本"),
    "vocabulary drop that is used": ("extends: zhiban\ndrop: report-lead\n", "unknown-step", ""),
}


@pytest.mark.parametrize("case", REJECTED.values(), ids=REJECTED.keys())
def test_rejected_change(case):
    """A change with an error is named and not applied: what it extends stays usable."""
    text, code, help = case
    library = read(hall__change=text)
    found = {f.code: f for f in library.findings}
    assert code in found
    assert help in found[code].help
    assert "change-rejected" in found or "sytem" in text
    assert by_id(library) == by_id(read())
    assert library.vocabulary == read().vocabulary


WEAKER = {
    "drop step": "extends: always\ndrop: evacuate\n",
    "drop rule": "extends: always\ndrop: look-round\n",
    "drop fact": "extends: zhiban\ndrop: fire\n",
    "optional": "extends: always\nsteps: {evacuate: {optional: yes}}\n",
    "later": "extends: always\nsteps: {evacuate: {within: 1h}}\n",
    "no deadline": "extends: always\nsteps: {evacuate: {within: }}\n",
    "not at once": "extends: always\nsteps: {evacuate: {after: look-round}}\n",
    "other fact": "extends: zhiban\nfacts: {fire: {from: hall}}\n",
    "deaf": "extends: zhiban\nfacts: {fire: {hear: }}\n",
}


@pytest.mark.parametrize("text", WEAKER.values(), ids=WEAKER.keys())
def test_life_safety_cannot_be_weakened(text):
    """What safety rules and `always` rest on can neither be dropped nor loosened."""
    library = read(hall__change=text)
    assert codes(library) == ["safety", "change-rejected"] or codes(library) == ["change-rejected", "safety"]
    assert by_id(library) == by_id(read())


def test_life_safety_can_be_made_stricter():
    """Sooner, in local words, with more words to listen for, with more rules."""
    library = read(
        hall__a="extends: always\nsteps: {evacuate: {within: 1m, say: 跟我来。}}\n",
        hall__b="extends: zhiban\nfacts: {fire: {hear: [燃起来]}}\nroles: {lead: 带班领导}\n",
        hall__c="extends: always\nrules: {safety: [{when: {fire: yes}, do: {call: {what: 打119}}}]}\n",
    )
    assert library.findings == ()
    assert step(library, "evacuate", "always").within == m.Deadline(m.Duration(1))
    fire = next(f for f in library.vocabulary.facts if f.key == "fire")
    assert [s.groups for s in fire.hear[0].signals] == [(("着火",),), (("冒烟",),), (("燃起来",),)]
    assert m.Role("lead", "带班领导") in library.vocabulary.roles


def test_drop_names_safety_rules_of_any_playbook():
    """Rules of the phase safety are protected in every playbook."""
    text = small("  safety:\n  - {id: r, do: {a: {what: 做}}}")
    library = read(t=text, hall__change="extends: t\ndrop: r\n")
    assert "safety" in codes(library)
    assert len(by_id(library)["t"].rules) == 1


# ---- layers -----------------------------------------------------------------------------------


def test_a_given_file_replaces_the_shipped_one():
    """The same id from a file counts, unless it has errors: then the shipped one stays."""
    mine = GOOD.replace("业务系统故障", "我的")
    library = read(mine=mine)
    playbook = by_id(library)["system-failure"]
    assert (playbook.title, playbook.origin, library.findings) == ("我的", "file", ())
    library = read(mine=mine.replace("to: it", "to: ti"))
    assert codes(library) == ["unknown-role"]
    assert by_id(library)["system-failure"].origin == "shipped"
    # also when the shape is wrong
    library = read(mine=mine + "titel: x\n")
    assert codes(library) == ["unknown-field"]
    assert by_id(library)["system-failure"].origin == "shipped"


def test_a_given_file_never_replaces_safety():
    """`always` from a file is refused as in the hall's folder; the shipped file itself is no other."""
    library = read(mine=ALWAYS + "about: 我的\n")
    assert codes(library) == ["replaces-shipped"]
    assert by_id(library)["always"].origin == "shipped"
    assert read(mine=ALWAYS).findings == ()


def test_the_hall_adds_but_does_not_replace():
    """A playbook of the hall's own is added; a copy of a shipped one is refused."""
    library = read(hall__own=small())
    assert by_id(library)["t"].origin == "hall"
    for text in (GOOD, ALWAYS, VOCABULARY):
        library = read(hall__copy=text)
        assert codes(library) == ["replaces-shipped"]
        assert by_id(library) == by_id(read())


def test_two_files_of_one_id():
    """Within a layer an id may stand once; the message names the other place."""
    library = read(a=small(), b=small())
    assert [(f.code, f.span.file) for f in library.findings] == [("duplicate-playbook", "b.yaml")]
    assert "a.yaml:1:11" in library.findings[0].help


def test_a_broken_file_does_not_break_those_that_activate_it():
    """In an emergency nothing may stop the tool."""
    text = small("  control:\n  - {do: {a: {what: 做}}, activate: u}")
    library = read(t=text, u="playbook: [")
    assert codes(library) == ["yaml-syntax"]
    assert "t" in by_id(library)


def test_hall_values_mean_one_thing():
    """The same id with another default in a second playbook is an error there."""
    library = read(t=small() + "hall: {desk_count: {label: x, unit: 个, default: 3}}\n")
    assert [(f.code, f.span.file) for f in library.findings] == [("hall-value-clash", "t.yaml")]
    assert "t" not in by_id(library)


# ---- files and cache --------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path, monkeypatch):
    """User folders below a temporary one, and a shipped folder of the shared texts."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path / "home"))
    for name, text in TEXTS.items():
        path = tmp_path / "shipped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "shipped", lambda kind: tmp_path / "shipped" / kind)
    paths.hall_playbooks().mkdir(parents=True)
    return tmp_path


def test_load(home, monkeypatch):
    """Shipped, hall and extra files are read; names tell them apart and lead back to the files."""
    (paths.hall_playbooks() / "mine.yaml").write_text(small(), encoding="utf-8")
    (home / "playbooks").mkdir()
    (home / "playbooks/sources.yaml").write_text("- not of this language\n", encoding="utf-8")
    (home / "playbooks/u.yaml").write_text(small().replace("playbook: t", "playbook: u"), encoding="utf-8")
    monkeypatch.chdir(home)
    library = reader.load_library([Path("playbooks")])
    assert library.findings == ()
    origins = {p.id: (p.origin, p.span.file) for p in library.playbooks}
    assert origins == {
        "always": ("shipped", "playbooks/always.yaml"),
        "system-failure": ("shipped", "playbooks/system-failure.yaml"),
        "t": ("hall", "hall/mine.yaml"),
        "u": ("file", "./playbooks/u.yaml"),
    }
    for name in library.texts:
        assert reader.locate(name).is_file()
    assert reader.locate("hall/mine.yaml") == paths.hall_playbooks() / "mine.yaml"
    alone = reader.load_library([Path("playbooks/u.yaml")], shipped=False, hall=False)
    assert [p.id for p in alone.playbooks] == ["u"]


def test_pinned_texts_give_the_same_library(home):
    """`read_files` and `parse_texts` are `load_library`, so a session can keep its texts."""
    library = reader.load_library()
    texts = reader.read_files()
    (home / "shipped/playbooks/system-failure.yaml").unlink()
    assert reader.parse_texts(texts) == library
    assert texts == TEXTS


def test_cache(home):
    """The second load comes from the cache and is equal; a changed text is read anew."""
    first = reader.load_library()
    folder = paths.cache_dir() / "models"
    (file,) = folder.iterdir()
    assert reader.load_library() == first
    assert msgspec.json.decode(file.read_bytes(), type=m.Library) == first
    path = home / "shipped/playbooks/always.yaml"
    path.write_text(ALWAYS.replace("人身安全", "安全第一"), encoding="utf-8")
    assert reader.load_library().playbooks[0].title == "安全第一"
    (home / "shipped/templates/documents/notice.md.j2").write_text("{{ fix_minutes }}", encoding="utf-8")
    back = step(reader.load_library(), "come-back")
    assert back.uses == ("system-failure.fix_minutes",)
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("junk", [b"", b"{}[", b'{"playbooks": 5}', b"\xff\xfe"])
def test_corrupt_cache_is_ignored(home, junk):
    """A damaged cache file costs only time, and is replaced."""
    first = reader.load_library()
    (file,) = (paths.cache_dir() / "models").iterdir()
    file.write_bytes(junk)
    assert reader.load_library() == first
    assert msgspec.json.decode(file.read_bytes(), type=m.Library) == first


def test_unwritable_cache_is_ignored(home):
    """Where no cache can be, everything is read each time."""
    paths.cache_dir().write_text("a file in the way", encoding="utf-8")
    assert reader.load_library() == reader.load_library(cache=False)


def test_cache_does_not_grow(home):
    """Old models are removed."""
    for number in range(12):
        (home / "shipped/playbooks/always.yaml").write_text(ALWAYS + "# " * number, encoding="utf-8")
        reader.load_library()
    assert len(list((paths.cache_dir() / "models").iterdir())) == 8


def test_cached_load_imports_no_parser(home):
    """Neither yaml nor jinja2 is imported when the cache has the model."""
    code = (
        "import sys, pathlib\nfrom engine import paths, reader\n"
        f"paths.shipped = lambda kind: pathlib.Path({str(home / 'shipped')!r}) / kind\n"
        "library = reader.load_library()\nassert len(library.playbooks) == 2\n"
        "sys.exit('yaml' in sys.modules or 'jinja2' in sys.modules)"
    )
    run = [sys.executable, "-c", code]
    root = Path(__file__).parent.parent
    assert subprocess.run(run, cwd=root, check=False).returncode == 1
    assert subprocess.run(run, cwd=root, check=False).returncode == 0


def test_unreadable_files(home):
    """Wrong encoding, size, kind: a finding with its place, and the other files are read."""
    folder = paths.hall_playbooks()
    (folder / "a.yaml").write_bytes("playbook: t\ntitle: 值班\n".encode("gbk"))
    (folder / "b.yaml").write_bytes(b"# " * 600_000)
    (folder / "c.yaml").mkdir()
    (folder / "d.yaml").symlink_to(folder / "nowhere")
    (folder / ".e.yaml").write_text("an editor's leftover", encoding="utf-8")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "f.yaml")
    library = reader.load_library()
    found = [(f.code, str(f.span)) for f in library.findings]
    assert found[:4] == [
        ("not-utf8", "hall/a.yaml:2:10"),
        ("huge-file", "hall/b.yaml:1:1"),
        ("unreadable", "hall/c.yaml:1:1"),
        ("unreadable", "hall/d.yaml:1:1"),
    ]
    assert "UTF-8" in library.findings[0].help
    assert set(by_id(library)) == {"always", "system-failure"}


def test_byte_order_mark(home):
    """Notepad's mark at the beginning is no fault."""
    (paths.hall_playbooks() / "a.yaml").write_text("\ufeff" + small(), encoding="utf-8")
    library = reader.load_library()
    assert library.findings == ()


def test_missing_extra_path(home):
    """A path that does not exist is the caller's error, not a finding."""
    with pytest.raises(NotFound):
        reader.load_library([Path("nosuch.yaml")])


def test_no_files_at_all(home, monkeypatch):
    """Nothing installed: an empty library."""
    monkeypatch.setattr(paths, "shipped", lambda kind: home / "nothing" / kind)
    library = reader.load_library()
    assert (library.playbooks, library.findings) == ((), ())


def test_template_of_another_document():
    """Names that an included template uses count as well."""
    texts = {**TEXTS, "templates/documents/notice.md.j2": "{% include 'documents/_head.md.j2' %}"}
    texts["templates/documents/_head.md.j2"] = TEMPLATE + "{% include 'documents/notice.md.j2' %}"
    assert step(reader.parse_texts(texts), "come-back").uses == ("promise", "system-failure.fault_kind")
