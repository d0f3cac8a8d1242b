"""A hall's own playbooks: the folders they lie in, and what happens when something is wrong with them."""

import json
import os

import pytest

from engine import paths, reader
from engine.cases import case_files
from engine.hall import read_profile
from engine.reader.folders import own_playbooks
from tests.walking import RAIN, emitted, run

OWN = """\
playbook: {id}
title: {title}
ends_in: [look]
rules:
  control:
  - do: {{look: {{what: 到现场看, ways: [自己去, 请人去], source: own}}}}
"""
CHANGE = "extends: system-failure\nsteps: {look: {what: 先看监控屏}}\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Empty user folders, for this process and for subprocesses."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    monkeypatch.delenv(paths.EXTRA, raising=False)
    paths.hall_playbooks().mkdir(parents=True)
    return tmp_path


def write(path, text):
    """A file with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def own(id, title="本厅的事"):
    """The text of a small playbook."""
    return OWN.format(id=id, title=title)


def found(library):
    """Id → origin of what the hall added."""
    return {p.id: p.origin for p in library.playbooks if p.origin != "shipped"}


def faults(library):
    """(code, file, line) of the errors."""
    return [(f.code, f.span.file, f.span.line) for f in library.findings if f.level == "error"]


@pytest.mark.parametrize(
    "said", ["books", '"books"', "./books  # 共用", "{home}/config/books", "~/config/books"]
)
def test_folder_of_the_profile(home, monkeypatch, said):
    """`playbooks:` in hall.yaml, relative to it, absolute or from ~, stands beside the default folder."""
    monkeypatch.setenv("HOME", str(home))
    write(
        home / "config" / "hall.yaml",
        f"hall: 某厅\nplaybooks: {said.format(home=home)}\nhours:\n  mon-fri: off\n",
    )
    write(home / "config" / "books" / "b.yaml", own("own-b"))
    write(paths.hall_playbooks() / "a.yaml", own("own-a"))
    library = reader.load_library()
    assert found(library) == {"own-a": "hall", "own-b": "hall"}
    assert faults(library) == []
    file = next(p.span.file for p in library.playbooks if p.id == "own-b")
    assert reader.locate(file) == home / "config" / "books" / "b.yaml"
    assert own_playbooks() == home / "config" / "books"
    profile, findings = read_profile()
    assert (profile.name, findings) == ("某厅", [])


@pytest.mark.parametrize(
    "text", ["hall: 某厅\n", "playbooks:\n", "playbooks: ~\nhall: x\n", "# playbooks: books\n"]
)
def test_no_folder_named(home, text):
    """A profile that names no folder leaves the default one."""
    write(home / "config" / "hall.yaml", text)
    library = reader.load_library()
    assert (faults(library), own_playbooks()) == ([], paths.hall_playbooks())


def test_a_broken_profile_keeps_its_folder(home):
    """A slip in another section, or GBK, does not cost the hall its playbooks."""
    write(home / "config" / "书" / "b.yaml", own("own-b"))
    file = home / "config" / "hall.yaml"
    file.write_bytes("hours: {mon-fri: \nplaybooks: 书\npeople: [\n".encode("gbk"))
    assert found(reader.load_library()) == {"own-b": "hall"}


def test_the_default_folder_named_again(home):
    """A folder that is named twice is read once."""
    write(home / "config" / "hall.yaml", "playbooks: playbooks\n")
    write(paths.hall_playbooks() / "a.yaml", own("own-a"))
    library = reader.load_library()
    assert (found(library), faults(library)) == ({"own-a": "hall"}, [])


@pytest.mark.parametrize(
    "command", [["--playbooks", "books", "playbook", "list"], ["playbook", "list", "--playbooks", "books"]]
)
def test_option(home, command):
    """`--playbooks FOLDER` adds a folder for one run, before or after the command."""
    write(home / "books" / "b.yaml", own("own-b"))
    listed = emitted(home, *command, "--json")
    assert {"id": "own-b", "title": "本厅的事", "version": 1, "origin": "hall"} in listed
    assert "own-b" not in run(home, "playbook", "list").stdout


def test_changes_in_named_folders(home, monkeypatch):
    """`extends` works from each folder; its targets must be there; nothing shipped is replaced."""
    monkeypatch.setenv(paths.EXTRA, str(home / "books"))
    write(home / "books" / "a.yaml", CHANGE)
    write(home / "books" / "b.yaml", "extends: system-failure\nsteps:\n  no-such-step: {what: 看}\n")
    write(home / "books" / "c.yaml", own("long-queue"))
    write(home / "books" / "d.yaml", "extends: always\ndrop: [evacuate]\n")
    library = reader.load_library()
    folder = f"hall:{home}/books"
    assert faults(library) == [
        ("change-rejected", f"{folder}/b.yaml", 1),
        ("no-target", f"{folder}/b.yaml", 3),
        ("replaces-shipped", f"{folder}/c.yaml", 1),
        ("change-rejected", f"{folder}/d.yaml", 1),
        ("safety", f"{folder}/d.yaml", 2),
    ]
    system = next(p for p in library.playbooks if p.id == "system-failure")
    assert next(s.what for s in system.steps if s.key.endswith(".look")) == "先看监控屏"
    assert "own" not in {p.origin for p in library.playbooks if p.id == "long-queue"}


def test_one_id_twice(home, monkeypatch):
    """Two files of one id, in one folder or in two: the second is reported with the place of the first."""
    monkeypatch.setenv(paths.EXTRA, str(home / "books"))
    write(home / "books" / "b.yaml", own("own-a", "乙"))
    write(paths.hall_playbooks() / "a.yaml", own("own-a", "甲"))
    library = reader.load_library()
    assert faults(library) == [("duplicate-playbook", f"hall:{home}/books/b.yaml", 1)]
    [finding] = [f for f in library.findings if f.level == "error"]
    assert "hall/a.yaml:1:11" in finding.help
    assert next(p.title for p in library.playbooks if p.id == "own-a") == "甲"


def _no_folder(home):
    return str(home / "nowhere")


def _a_file(home):
    return str(write(home / "x.yaml", own("own-a")))


def _closed(home):
    folder = home / "closed"
    folder.mkdir(mode=0)
    return str(folder)


@pytest.mark.parametrize(
    ("make", "says"),
    [(_no_folder, "没有剧本文件夹"), (_a_file, "不是文件夹"), (_closed, "没有权限")],
)
def test_folders_that_cannot_be_read(home, monkeypatch, make, says):
    """Named on the command line or in the profile: said where, with what to do; all else is there."""
    folder = make(home)
    if says == "没有权限" and os.geteuid() == 0:
        monkeypatch.setattr("engine.reader.store.paths.missing", lambda path: False)
        real = type(home).iterdir

        def closed(path):
            if str(path) == folder:
                raise PermissionError(13, "closed")
            return real(path)

        monkeypatch.setattr(type(home), "iterdir", closed)
    for place in ("--playbooks:1:1", f"{home}/config/hall.yaml:2:12"):
        if place.startswith("--"):
            monkeypatch.setenv(paths.EXTRA, folder)
        else:
            monkeypatch.delenv(paths.EXTRA)
            write(home / "config" / "hall.yaml", f"hall: x\nplaybooks: {folder}\n")
        library = reader.load_library()
        [finding] = [f for f in library.findings if f.level == "error"]
        assert (str(finding.span), says in finding.message, bool(finding.help)) == (place, True, True)
        assert folder in finding.message
        assert len(library.playbooks) > 15


def test_a_folder_that_is_no_text(home):
    """`playbooks: [a]` is a fault with its place; the rest of the profile counts."""
    write(home / "config" / "hall.yaml", "hall: 某厅\nplaybooks: [a, b]\n")
    assert faults(reader.load_library()) == [("bad-folder", str(home / "config" / "hall.yaml"), 2)]
    assert read_profile()[0].name == "某厅"


BROKEN = {
    "nul": b"playbook: x\0y\n",
    "gbk": "playbook: own-x\ntitle: 标题\n".encode("gbk"),
    "cut": b"playbook: own-x\ntitle: 'abc\n",
    "empty": b"",
    "no rules": b"playbook: own-x\ntitle: abc\n",
    "binary": bytes(range(256)),
}


def test_broken_files_are_left_out_and_said(home):
    """Each broken file is an error with a place; the good one beside them works."""
    for name, content in BROKEN.items():
        (paths.hall_playbooks() / f"{name}.yaml").write_bytes(content)
    write(paths.hall_playbooks() / "good.yaml", own("own-good"))
    library = reader.load_library()
    assert {file for _, file, _ in faults(library)} == {f"hall/{name}.yaml" for name in BROKEN}
    assert all(f.span.line and f.span.column and f.help for f in library.findings if f.level == "error")
    assert found(library) == {"own-good": "hall"}


def test_respond_says_in_one_line_what_is_left_out(home):
    """An incident begins all the same; many broken files are counted, not listed."""
    for name, content in BROKEN.items():
        (paths.hall_playbooks() / f"{name}.yaml").write_bytes(content)
    done = run(home, "respond", RAIN, "--first-screen", "--playbooks", "nowhere")
    assert done.returncode == 0
    assert "谁：" in done.stdout
    [line] = done.stderr.strip().splitlines()
    told = "--playbooks、hall/binary.yaml、hall/cut.yaml 等 7 处有错误"
    assert line == f"注意：{told}，没有启用；zhiban playbook check 看详情"


def test_a_thousand_files(home):
    """1,000 playbooks are read, and again from the cache; another text is read anew."""
    for number in range(1000):
        write(paths.hall_playbooks() / f"x{number}.yaml", own(f"own-{number}"))
    first = reader.load_library()
    assert len(found(first)) == 1000
    [cached] = (paths.cache_dir() / "models").iterdir()
    assert reader.load_library() == first
    write(paths.hall_playbooks() / "x0.yaml", own("own-0", "新名"))
    assert next(p.title for p in reader.load_library().playbooks if p.id == "own-0") == "新名"
    assert cached.exists()


def test_named_folders_are_cached(home, monkeypatch):
    """The parsed model covers named folders: reading it again loads no YAML parser."""
    monkeypatch.setenv(paths.EXTRA, str(home / "books"))
    write(home / "books" / "b.yaml", own("own-b"))
    reader.load_library()

    def never(texts):
        raise AssertionError("parsed again")

    monkeypatch.setattr("engine.reader.library.parse", never)
    assert found(reader.load_library()) == {"own-b": "hall"}


@pytest.mark.parametrize("name", ["a.yaml", "change.yaml", ""])
def test_check_of_a_file_of_the_hall(home, name):
    """A file of the hall's folder that is given to `check` is read once, as the hall's."""
    write(paths.hall_playbooks() / "a.yaml", own("own-a"))
    write(
        paths.hall_playbooks() / "change.yaml",
        CHANGE + "rules: {control: [{do: {extra: {what: 看门, source: own}}}]}\n",
    )
    reports = emitted(home, "playbook", "check", str(paths.hall_playbooks() / name), "--json")
    expected = {"a.yaml": ["own-a"], "change.yaml": ["system-failure"], "": ["own-a", "system-failure"]}[name]
    assert [report["playbook"] for report in reports] == expected
    assert not any(f["level"] == "error" for report in reports for f in report["findings"])


def test_check_of_an_unreadable_file(home):
    """`check FILE` says what is wrong with a file that cannot be read, and exits 4."""
    file = paths.hall_playbooks() / "g.yaml"
    file.write_bytes(BROKEN["gbk"])
    done = run(home, "playbook", "check", str(file), "--json")
    assert done.returncode == 4
    assert [f["code"] for f in json.loads(done.stdout)[0]["findings"]] == ["not-utf8"]


def test_pinned_with_the_incident(home):
    """An incident goes on with the playbook it began with, when its folder is gone."""
    file = write(home / "books" / "b.yaml", own("own-b"))
    begun = emitted(
        home, "respond", "--playbook", "own-b", "--playbooks", "books", "--first-screen", "--json"
    )
    file.unlink()
    (home / "books").rmdir()
    shown = emitted(home, "incident", "show", begun["id"], "--json")
    assert [entry["step"] for entry in shown["plan"]["control"]] == ["own-b.look"]
    assert run(home, "respond", "--playbook", "own-b", "--first-screen").returncode == 5


def test_new_playbooks_and_cases_in_a_named_folder(home):
    """`playbook new` writes into the folder that the hall names; `playbook test` finds the cases."""
    write(home / "config" / "hall.yaml", "playbooks: books\n")
    written = emitted(home, "playbook", "new", "own-x", "--json")
    assert written["written"] == str(home / "config" / "books" / "own-x.yaml")
    assert home / "config" / "books" / "cases" in case_files()
    assert found(reader.load_library()) == {"own-x": "hall"}
