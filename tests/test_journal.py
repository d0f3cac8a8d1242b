"""The journal: one contract for file and memory, tamper evidence, concurrency, kill -9, broken files."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import SimulatedClock, stamp
from engine.errors import BadData, Conflict, NotFound, ZhibanError
from engine.journal import Journal, database
from engine.model import Event

ROOT = Path(__file__).parent.parent
START = SimulatedClock().now()
TEXTS = {"vocabulary.yaml": "vocabulary: zhiban\n", "always.yaml": "playbook: always\n# 值班\n"}
ID = "20260601-0810-3f"


def make(seq: int, kind: str = "answered", **data: object) -> Event:
    """An event of minute `seq`."""
    return Event(seq, kind, stamp(START + timedelta(minutes=seq)), seq, data)


def batch(first: int, number: int) -> list[Event]:
    """Consecutive events from seq `first`."""
    return [make(seq, text=f"第{seq}条") for seq in range(first, first + number)]


def opened(journal: Journal, name: str = ID, events: int = 3, mode: str = "real") -> Journal:
    """The journal, with an incident of so many events."""
    journal.create(name, mode, TEXTS, batch(1, events), "系统故障")  # type: ignore[arg-type]
    return journal


class Contract:
    """What every journal keeps, wherever it lives."""

    def test_events_come_back_as_written(self, journal: Journal) -> None:
        """Kind, time, cause, data and version are read as they were given, in order."""
        data = {"n": 3, "yes": True, "list": [1, "二"], "none": None, "deep": {"b": 1, "a": 2}}
        events = [make(1, "opened", **data), Event(2, "noted", stamp(START), 1, {}, 7)]
        journal.create(ID, "real", {}, events, "故障")
        assert journal.events(ID) == events
        assert journal.verify(ID) == []

    def test_append_goes_on(self, journal: Journal) -> None:
        """Events are added behind the last one; none at all is allowed and changes nothing."""
        opened(journal).append(ID, 3, batch(4, 2))
        journal.append(ID, 5, [])
        assert journal.events(ID) == batch(1, 5)
        assert journal.list()[0].events == 5

    @pytest.mark.parametrize("stale", [0, 2, 4])
    def test_stale_append_is_a_conflict(self, journal: Journal, stale: int) -> None:
        """Whoever read another last seq than the present one is told so, and nothing is written."""
        opened(journal)
        with pytest.raises(Conflict, match="另一个终端已经写入") as refused:
            journal.append(ID, stale, batch(stale + 1, 1))
        assert ID in refused.value.help
        assert journal.events(ID) == batch(1, 3)

    def test_append_is_whole_or_nothing(self, journal: Journal) -> None:
        """A batch that goes wrong in its middle leaves nothing behind, not even its status."""
        opened(journal)
        with pytest.raises(ValueError, match="stands where 5 is due"):
            journal.append(ID, 3, [make(4, "closed"), make(6)])
        with pytest.raises(BadData, match="无法保存的字符"):
            journal.append(ID, 3, [make(4, "closed"), make(5, text="\udcff")])
        assert (journal.events(ID), journal.list()[0].status) == (batch(1, 3), "open")
        assert journal.verify(ID) == []

    def test_unknown_incident(self, journal: Journal) -> None:
        """Every method that names an incident says which one it does not know."""
        for act in (journal.events, journal.texts, journal.verify, journal.export):
            with pytest.raises(NotFound, match="20990101"):
                act("20990101")
        with pytest.raises(NotFound):
            journal.append("20990101", 0, [])

    def test_id_is_taken_once(self, journal: Journal) -> None:
        """A second incident under the same id is refused; an incident without event is a fault."""
        opened(journal)
        with pytest.raises(Conflict, match="已被占用"):
            opened(journal)
        with pytest.raises(ValueError, match="starts with an event"):
            journal.create("x", "real", {}, [], "空")

    def test_new_ids_are_free(self, journal: Journal) -> None:
        """Ids begin with the minute at +08:00, stay short, and none is given twice."""
        names = set()
        for _ in range(300):
            name = journal.new_id(START)
            journal.create(name, "drill", {}, batch(1, 1), "演练")
            names.add(name)
        assert len(names) == 300
        assert all(name.startswith("20260601-0810-") and len(name) <= 20 for name in names)

    def test_texts_are_kept_once(self, journal: Journal) -> None:
        """Incidents that share a text share its row, and each reads its own back."""
        opened(journal)
        changed = {**TEXTS, "always.yaml": "playbook: always\nversion: 2\n"}
        journal.create("other", "real", changed, batch(1, 1), "二")
        assert (journal.texts(ID), journal.texts("other")) == (TEXTS, changed)
        assert journal._db.execute("SELECT count(*) FROM texts").fetchone() == (3,)

    @pytest.mark.parametrize(
        ("kinds", "status"),
        [
            ([], "open"),
            (["paused"], "paused"),
            (["paused", "answered"], "paused"),
            (["paused", "resumed"], "open"),
            (["closed"], "closed"),
            (["closed", "reopened"], "open"),
        ],
    )
    def test_status_follows_the_events(self, journal: Journal, kinds: list[str], status: str) -> None:
        """The status is that of the last event that changes it, in one batch or in many."""
        events = [make(seq, kind) for seq, kind in enumerate(["opened", *kinds], 1)]
        journal.create("whole", "real", {}, events, "一次")
        journal.create("split", "real", {}, events[:1], "分次")
        for event in events[1:]:
            journal.append("split", event.seq - 1, [event])
        for summary in journal.list():
            assert (summary.status, summary.last_at) == (status, events[-1].at)
            assert journal.verify(summary.id) == []

    def test_lists_newest_first(self, journal: Journal) -> None:
        """Lists keep the modes apart, filter by status and begin with the newest."""
        opened(journal, "a")
        later = Event(1, "opened", stamp(START + timedelta(hours=1)), 1)
        journal.create("b", "real", {}, [later], "后")
        opened(journal, "c", mode="drill")
        journal.append("b", 1, [make(2, "closed")])
        assert [s.id for s in journal.list()] == ["b", "a"]
        assert [s.id for s in journal.list(status="open")] == ["a"]
        assert [s.id for s in journal.list("drill")] == ["c"]
        assert {s.id for s in journal.list(None)} == {"a", "b", "c"}
        assert journal.list("practice") == []

    def test_last_open(self, journal: Journal) -> None:
        """The unfinished incident touched last is offered; closed ones and other modes are not."""
        assert journal.last_open() is None
        opened(journal, "a", 1)
        opened(journal, "b", 2)
        opened(journal, "d", 9, mode="drill")
        journal.append("a", 1, [make(2), make(3, "paused")])
        assert [s.id if (s := journal.last_open(mode)) else None for mode in ("real", "drill")] == ["a", "d"]
        journal.append("a", 3, [make(4, "closed")])
        assert (s := journal.last_open()) is not None
        assert s.id == "b"

    def test_export(self, journal: Journal) -> None:
        """JSON Lines: the incident with its texts' sums, then every event with its hashes."""
        first, *rest = map(msgspec.json.decode, opened(journal).export(ID).splitlines())
        assert (first["id"], first["mode"], first["head_seq"]) == (ID, "real", 3)
        assert first["texts"].keys() == TEXTS.keys()
        assert [line["data"]["text"] for line in rest] == ["第1条", "第2条", "第3条"]
        assert [line["prev_hash"] for line in rest[1:]] == [line["hash"] for line in rest[:-1]]
        assert rest[-1]["hash"] == first["head_hash"]

    def test_copy_in_memory(self, journal: Journal) -> None:
        """The copy holds everything and goes on by itself."""
        with opened(journal).in_memory() as copy:
            copy.append(ID, 3, batch(4, 1))
            assert (copy.events(ID), copy.verify(ID)) == (batch(1, 4), [])
        assert journal.events(ID) == batch(1, 3)

    @pytest.mark.parametrize(
        ("sql", "code", "words"),
        [
            ("UPDATE events SET data = '{}' WHERE seq = 2", "edited", "第 2 条"),
            ("UPDATE events SET kind = 'closed' WHERE seq = 3", "edited", "第 3 条"),
            ("UPDATE events SET at = '2026-06-01T07:00:00+08:00' WHERE seq = 1", "edited", "第 1 条"),
            ("UPDATE events SET data = data || ' ' WHERE seq = 4", "edited", "第 4 条"),
            ("DELETE FROM events WHERE seq = 5", "truncated", "末尾缺 1 条"),
            ("DELETE FROM events WHERE seq > 2", "truncated", "末尾缺 3 条"),
            ("DELETE FROM events", "truncated", "末尾缺 5 条"),
            ("DELETE FROM events WHERE seq = 3", "gap", "缺第 3 条"),
            ("DELETE FROM events WHERE seq IN (2, 3)", "gap", "缺第 2—3 条"),
            ("DELETE FROM events WHERE seq = 1", "gap", "缺第 1 条"),
            ("UPDATE texts SET text = text || 'x' WHERE text LIKE '%always%'", "text", "always.yaml"),
            ("DELETE FROM texts WHERE text LIKE '%always%'", "text", "always.yaml"),
            ("UPDATE incident_texts SET name = 'other.yaml' WHERE name = 'always.yaml'", "replaced", "清单"),
            ("DELETE FROM incident_texts", "replaced", "清单"),
            ("UPDATE incidents SET mode = 'drill'", "replaced", "类别"),
            ("UPDATE incidents SET status = 'closed'", "summary", "状态"),
            ("UPDATE incidents SET opened_at = '2026'", "summary", "起止时间"),
            ("UPDATE incidents SET head_hash = 'x'", "replaced", "第 5 条"),
        ],
    )
    def test_tampering_is_noticed(self, journal: Journal, sql: str, code: str, words: str) -> None:
        """Every change behind the journal's back is reported, with its place."""
        opened(journal, events=5)
        journal._db.execute("PRAGMA foreign_keys = OFF")
        journal._db.execute(sql)
        first = journal.verify(ID)[0]
        assert first.code == f"journal-{code}"
        assert words in first.message
        assert ID in first.message

    @pytest.mark.parametrize(("seq", "words"), [(2, "第 2 条被替换"), (5, "第 5 条被替换")])
    def test_forged_event(self, journal: Journal, seq: int, words: str) -> None:
        """An event rewritten together with its hash no longer fits what follows."""
        from engine.journal.chain import link

        row = opened(journal, events=5)._rows(ID)[seq - 1]
        forged = link(row.prev_hash, seq, row.kind, row.at, row.cause, "{}", row.version)
        journal._db.execute("UPDATE events SET data = '{}', hash = ? WHERE seq = ?", (forged, seq))
        assert [f.message for f in journal.verify(ID)] == [f"事件 {ID}：{words}"]

    def test_smuggled_event(self, journal: Journal) -> None:
        """An event added without the journal is reported, and appending stops."""
        opened(journal)
        journal._db.execute(
            "INSERT INTO events SELECT incident, 4, kind, at, cause, data, version, hash, hash"
            " FROM events WHERE seq = 3"
        )
        assert "journal-added" in [f.code for f in journal.verify(ID)]
        with pytest.raises(BadData, match="不完整"):
            journal.append(ID, 4, batch(5, 1))

    def test_append_behind_a_cut_tail(self, journal: Journal) -> None:
        """A record without its tail is not written on, and the reason is not called another terminal."""
        opened(journal)
        journal._db.execute("DELETE FROM events WHERE seq = 3")
        with pytest.raises(BadData, match="不完整"):
            journal.append(ID, 2, batch(3, 1))

    def test_unreadable_event(self, journal: Journal) -> None:
        """Data that is no JSON is a clear refusal, not a traceback."""
        opened(journal)._db.execute("UPDATE events SET data = '{' WHERE seq = 2")
        with pytest.raises(BadData, match="读不出") as refused:
            journal.events(ID)
        assert "verify" in refused.value.help

    def test_lost_text(self, journal: Journal) -> None:
        """A text that is gone is named."""
        opened(journal)._db.executescript("PRAGMA foreign_keys = OFF; DELETE FROM texts")
        with pytest.raises(BadData, match=r"always\.yaml"):
            journal.texts(ID)

    def test_disk_full(self, journal: Journal) -> None:
        """A full disk is said in so many words; what was there stays, and room makes it work again."""
        opened(journal)
        pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
        journal._db.execute(f"PRAGMA max_page_count = {pages}")
        long = [make(4, text="长" * 20_000)]
        with pytest.raises(BadData, match="磁盘已满"):
            journal.append(ID, 3, long)
        assert journal.verify(ID) == []
        journal._db.execute("PRAGMA max_page_count = 99999")
        journal.append(ID, 3, long)
        assert journal.events(ID) == [*batch(1, 3), *long]


class TestMemory(Contract):
    """In memory."""

    @pytest.fixture
    def journal(self) -> Iterator[Journal]:
        with Journal(None) as journal:
            yield journal


class TestFile(Contract):
    """On a file."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "data" / "journal.db"

    @pytest.fixture
    def journal(self, path: Path) -> Iterator[Journal]:
        with Journal(path) as journal:
            yield journal

    def test_survives_closing(self, journal: Journal, path: Path) -> None:
        """What was written is there after closing; closing twice is harmless."""
        opened(journal).close()
        journal.close()
        with Journal(path) as again:
            assert (again.events(ID), again.texts(ID), again.verify(ID)) == (batch(1, 3), TEXTS, [])

    def test_private(self, journal: Journal, path: Path) -> None:
        """Folder 0700, files 0600; a file left more open is closed again; other folders are let be."""
        opened(journal)
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()} == {0o600}
        assert len(list(path.parent.iterdir())) == 3  # with -wal and -shm
        path.chmod(0o644)
        path.parent.chmod(0o750)
        Journal(path).close()
        assert [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)] == [0o600, 0o750]

    def test_durable_modes(self, journal: Journal) -> None:
        """WAL, and every commit forced to the disk."""
        modes = [journal._db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")]
        assert modes == ["wal", 2]

    def test_two_terminals(self, journal: Journal, path: Path) -> None:
        """The second terminal is refused, reads again and goes on."""
        opened(journal)
        with Journal(path) as other:
            other.append(ID, 3, batch(4, 1))
            with pytest.raises(Conflict, match="已到第 4 条，本终端只到第 3 条"):
                journal.append(ID, 3, batch(4, 1))
            journal.append(ID, len(journal.events(ID)), batch(5, 1))
            assert other.events(ID) == batch(1, 5)

    def test_locked(self, journal: Journal, path: Path) -> None:
        """Reading goes on while another writes; writing waits, then says who is in the way."""
        opened(journal)
        with Journal(path, timeout=0.05) as other, journal._writing():
            assert other.events(ID) == batch(1, 3)
            with pytest.raises(Conflict, match="正占用"):
                other.append(ID, 3, batch(4, 1))

    @pytest.mark.parametrize(
        "content", [b"this is no database " * 99, b"\0" * 4096, b"SQLite format 3\0" + b"x" * 500]
    )
    def test_not_a_database(self, path: Path, content: bytes) -> None:
        """Something else under our name is refused and left as it is; work goes on in memory."""
        path.parent.mkdir()
        path.write_bytes(content)
        with pytest.raises(BadData, match=str(path)):
            Journal(path)
        journal, warning = Journal.open_or_memory(path)
        with opened(journal):
            assert str(path) in warning
            assert "内存" in warning
        assert path.read_bytes() == content

    @pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
    def test_truncated_file(self, journal: Journal, path: Path, part: float) -> None:
        """A file that lost its end is called damaged, on opening or on reading, never passed silently."""
        for number in range(20):
            opened(journal, f"{ID}{number}", events=20)
        journal.close()
        os.truncate(path, int(path.stat().st_size * part))

        def read_all() -> None:
            with Journal(path) as damaged:
                for summary in damaged.list():
                    damaged.events(summary.id)

        with pytest.raises(BadData, match="损坏"):
            read_all()

    def test_other_programs_database(self, path: Path) -> None:
        """A database of another program is not written into."""
        path.parent.mkdir()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE things (name)")
        other.close()
        with pytest.raises(BadData, match="别的程序"):
            Journal(path)

    def test_newer_version(self, journal: Journal, path: Path) -> None:
        """A file of a later zhiban is refused with both numbers, and not changed."""
        opened(journal)._db.execute(f"PRAGMA user_version = {database.VERSION + 1}")
        journal.close()
        with pytest.raises(BadData, match="更新版本") as refused:
            Journal(path)
        assert "升级" in refused.value.help

    def test_folder_is_a_file(self, tmp_path: Path) -> None:
        """A data folder that cannot be made is said with its name and the system's reason."""
        (tmp_path / "data").write_text("")
        with pytest.raises(BadData, match="无法使用记录文件"):
            Journal(tmp_path / "data" / "journal.db")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_read_only_folder(self, tmp_path: Path) -> None:
        """Without the right to write, the officer still works, in memory and warned."""
        tmp_path.chmod(0o500)
        journal, warning = Journal.open_or_memory(tmp_path / "journal.db")
        with opened(journal):
            assert journal.path is None
            assert "无法使用" in warning
        tmp_path.chmod(0o700)

    def test_read_only_file(self, journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file that can be read but not written: refused on writing, memory for the officer."""
        opened(journal).close()
        connect = database.connect

        def read_only(path: Path | None, timeout: float) -> sqlite3.Connection:
            connection = connect(path, timeout)
            if path:
                connection.execute("PRAGMA query_only = ON")
            return connection

        monkeypatch.setattr("engine.journal.store.connect", read_only)
        with Journal(path) as blocked:
            assert blocked.events(ID) == batch(1, 3)
            with pytest.raises(BadData, match="只能读不能写"):
                blocked.append(ID, 3, batch(4, 1))
        journal, warning = Journal.open_or_memory(path)
        with journal:
            assert (journal.path, "只能读" in warning) == (None, True)

    def test_read_only_folder_can_be_read(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where SQLite cannot open its file for want of a writable folder, all that it holds is shown all
        the same, with what stands in the log only, and an officer can go on in memory.
        """
        writer = opened(Journal(path))
        connect = database.connect

        def refused(at: Path | None, timeout: float) -> sqlite3.Connection:
            if at == path:
                raise BadData("记录文件只能读不能写")
            return connect(at, timeout)

        monkeypatch.setattr("engine.journal.store.connect", refused)
        assert Path(f"{path}-wal").stat().st_size > 0
        for open_it in (Journal.open_to_read, Journal.open_or_memory):
            journal, warning = open_it(path)
            with journal:
                assert (journal.path, "只能读" in warning) == (None, True)
                assert journal.events(ID) == batch(1, 3)
                journal.append(ID, 3, batch(4, 1))
        writer.close()

    def test_nothing_to_read(self, path: Path) -> None:
        """A file that is no database is refused on reading, not shown as empty."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no database, but long enough to be looked at as one" * 40)
        with pytest.raises(BadData, match="不是数据库"):
            Journal.open_to_read(path)

    def test_open_or_memory_of_a_good_file(self, path: Path) -> None:
        """No warning and no detour when the file is good."""
        journal, warning = Journal.open_or_memory(path)
        with journal:
            assert (journal.path, warning) == (path, "")


@pytest.mark.parametrize("backend", ["memory", "file"])
@settings(max_examples=25, deadline=None)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from("xy"),
            st.integers(-1, 1),
            st.lists(st.sampled_from(["noted", "paused", "resumed", "closed", "reopened"]), max_size=3),
            st.dictionaries(st.text(max_size=3), st.integers(-9, 9) | st.text(max_size=9), max_size=2),
        ),
        max_size=8,
    )
)
def test_any_sequence_of_appends(
    backend: str, acts: list[tuple[str, int, list[str], dict[str, object]]]
) -> None:
    """Against a model: right appends are all there, stale ones leave no trace, the chain holds."""
    with (
        TemporaryDirectory() as folder,
        Journal(Path(folder, "j.db") if backend == "file" else None) as journal,
    ):
        model = {name: [make(1, "opened")] for name in "xy"}
        for name in "xy":
            journal.create(name, "practice", TEXTS, model[name], "练习")
        for name, offset, kinds, data in acts:
            seq = len(model[name])
            events = [Event(seq + offset + n, kind, stamp(START), 1, data) for n, kind in enumerate(kinds, 1)]
            if offset == 0:
                journal.append(name, seq, events)
                model[name] += events
            else:
                with pytest.raises(Conflict):
                    journal.append(name, seq + offset, events)
        for name in "xy":
            assert journal.events(name) == model[name]
            assert journal.verify(name) == []


WRITER = """
import sys
from pathlib import Path
from engine.errors import Conflict
from engine.journal import Journal
from tests.test_journal import ID, batch

with Journal(Path(sys.argv[1]), timeout=30) as journal:
    seq = int(sys.argv[2])
    while True:
        sys.stdin.readline()
        try:
            journal.append(ID, seq, batch(seq + 1, 3))
            seq += 3
        except Conflict:
            print("conflict", flush=True)
        else:
            print(seq, flush=True)
"""


def writer(path: Path, seq: int) -> subprocess.Popen[str]:
    """A process that appends three events at each line it is sent and prints the seq it reached."""
    command = [sys.executable, "-c", WRITER, str(path), str(seq)]
    return subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True, bufsize=1)


def test_of_two_processes_one_wins(tmp_path: Path) -> None:
    """Two terminals answer at the same moment: one is written, the other told, each time anew."""
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        opened(journal)
        for round in range(4):
            seq = 3 + 3 * round
            both = [writer(path, seq) for _ in range(2)]
            for one in both:
                assert one.stdin is not None
                one.stdin.write("\n")
            said = []
            for one in both:
                assert one.stdout is not None
                said.append(one.stdout.readline().strip())
                one.kill()
                one.communicate()
            assert sorted(said) == sorted(["conflict", str(seq + 3)])
            assert journal.verify(ID) == []


def test_first_start_twice_at_once(tmp_path: Path) -> None:
    """Two terminals that start on a fresh machine at once both get a working journal."""
    path = tmp_path / "data" / "journal.db"
    code = (
        f"from pathlib import Path; from engine.journal import Journal; Journal(Path({str(path)!r})).close()"
    )
    starts = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(6)]
    assert [start.wait() for start in starts] == [0] * 6
    with Journal(path) as journal:
        assert opened(journal).verify(ID) == []


@pytest.mark.parametrize("after", [1, 7, 20])
def test_kill_loses_nothing_acknowledged(tmp_path: Path, after: int) -> None:
    """kill -9 while appending: all that was acknowledged is there, whole batches only, chain intact."""
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        opened(journal)
    process = writer(path, 3)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n" * 1000)
    for _ in range(after):
        acknowledged = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    acknowledged = max([acknowledged, *map(int, rest.split("\n")[:-1])])
    with Journal(path) as journal:
        events = journal.events(ID)
        assert len(events) >= acknowledged
        assert events == batch(1, len(events))
        assert len(events) % 3 == 0
        assert journal.verify(ID) == []


def test_errors_are_ours(tmp_path: Path) -> None:
    """A folder in the file's place is BadData too."""
    with pytest.raises(ZhibanError):
        Journal(tmp_path)


def test_many_events_are_cheap(tmp_path: Path) -> None:
    """10,000 events are read and verified well inside the goals (0.2 s and 2 s, with room here)."""
    import time

    with Journal(tmp_path / "journal.db") as journal:
        opened(journal, events=10_000)
        start = time.perf_counter()
        assert len(journal.events(ID)) == 10_000
        read = time.perf_counter()
        assert journal.verify(ID) == []
        assert (read - start < 1, time.perf_counter() - read < 2) == (True, True)
