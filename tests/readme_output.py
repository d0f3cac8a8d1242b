"""Runs what the READMEs show: `python -m tests.readme_output` compares, with `--write` it renews the output.

Every fenced `console` block is played in order in one empty folder of its own README: lines that begin
with `$ ` are commands, what follows is their output. A command whose output holds prompts (`> `, `答> `) is
played at a terminal of 80 columns, with what stands behind the prompts typed; a bare one is Enter, at the end
it is where the window is closed. A line of `…` stands for
any output that is left out. A `yaml` block whose first line is `# NAME.yaml` is saved under that name before.

`--bench FILE` writes the figures of `make bench ARGS=--json >FILE` into both READMEs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pexpect

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
HOME = "…"  # the folder of the records, as shown; relative, so that no path of a machine is printed
GAP = "…"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
ASKS = "(?:答|对吗|原因|记什么)?>"
PROMPT = re.compile(rf"^{ASKS}(?: (.*)|)$", re.M)
SHIM = """#!{python}
import sys
sys.path.insert(0, {root!r})
from cli import main
sys.exit(main())
"""


class Shown(NamedTuple):
    """A command and the output that a README shows for it."""

    command: str
    output: str
    start: int  # of the output, in the README
    end: int

    @property
    def by_hand(self) -> bool:
        """Whether somebody types at prompts in it."""
        return PROMPT.search(self.output) is not None


def commands(text: str) -> list[Shown]:
    """The commands of all console blocks of a README."""
    found = []
    for fence in FENCE.finditer(text):
        if fence[1] == "console":
            starts = [*re.finditer(r"^\$ (.*)\n", fence[2], re.M)]
            ends = [start.start() for start in starts[1:]] + [len(fence[2])]
            for start, end in zip(starts, ends, strict=True):
                base = fence.start(2)
                output = fence[2][start.end() : end]
                found.append(Shown(start[1], output, base + start.end(), base + end))
    return found


def files(text: str) -> Iterator[tuple[int, str, str]]:
    """(place, name, content) of the yaml blocks that are to be saved."""
    for fence in FENCE.finditer(text):
        named = re.match(r"# (\S+\.yaml)\n", fence[2])
        if fence[1] == "yaml" and named:
            yield fence.start(), named[1], fence[2]


class Player:
    """One reader of a README, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.code = folder, 0
        shim = folder / ".bin" / "zhiban"
        shim.parent.mkdir()
        shim.write_text(SHIM.format(python=sys.executable, root=str(ROOT)), "utf-8")
        shim.chmod(0o755)
        left_out = ("NO_COLOR", "FORCE_COLOR", "LINES")
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment = {
            **kept, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "ZHIBAN_HOME": HOME,
            "PYTHONUTF8": "1", "COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1",
        }  # fmt: skip

    def play(self, text: str) -> Iterator[tuple[Shown, str]]:
        """Every command of a README that can be run, with its output now."""
        saves = sorted(files(text))
        for shown in commands(text):
            while saves and saves[0][0] < shown.start:
                _, name, content = saves.pop(0)
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_text(content, "utf-8")
            command = re.sub(r"^make run$", "zhiban", shown.command)
            if command.startswith("make "):
                continue
            yield shown, self.at_terminal(command, shown.output) if shown.by_hand else self.run(command)

    def run(self, command: str) -> str:
        """A command without a terminal; `$?` is the exit code of the one before."""
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.code}); {command}"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout.decode("utf-8")

    def at_terminal(self, command: str, shown: str) -> str:
        """A walk by hand: types what stands behind the prompts, then closes the window."""
        typed = [line[1] or "" for line in PROMPT.finditer(shown)]
        if not typed[-1]:  # a bare prompt at the end is where the reader is left
            typed.pop()
        child = pexpect.spawn(
            "sh", ["-c", f"exec {command}"], cwd=str(self.folder), env=self.environment, dimensions=(24, 80),
            encoding="utf-8", timeout=30, echo=False,
        )  # fmt: skip
        child.delaybeforesend = None
        said = ""
        for text in [*typed, None]:
            ended = child.expect([rf"(?:^|\n){ASKS} $", pexpect.EOF])
            said += child.before + ("" if ended else child.after)
            if ended or text is None:
                break
            child.sendline(text)
            said += text + "\n"
        child.close(force=True)
        self.code = child.exitstatus or 0
        return "\n".join(line.rstrip() for line in said.replace("\r", "").splitlines()) + "\n"


def plain(text: str) -> str:
    """An output without what differs from run to run: times, numbers, ids, where lines are broken."""
    text = re.sub(r"\b\d{8}-\d{4}-[0-9a-f]{2}\b", "ID", text)
    date = r"(?:\d+年)?\d+月\d+日"
    text = re.sub(rf"(?:{date}|[今明后昨]天)?\s*\b\d?\d:\d\d\b", "TIME", text)
    text = re.sub(rf"{date}|未定", "DATE", text)  # working days beyond the known calendar are not guessed
    return re.sub(r"\s+", "", re.sub(r"\d+", "0", text))


def agrees(shown: str, now: str) -> bool:
    """Whether a shown output is the output now; a line of `…` stands for anything."""
    parts = [re.escape(plain(part)) for part in re.split(rf"^ *{GAP} *$", shown, flags=re.M)]
    return re.fullmatch(".*?".join(parts), plain(now), re.S) is not None


def renewed(shown: str, now: str) -> str:
    """The output now, with as many lines left out at the same end as before."""
    if not re.search(rf"^ *{GAP} *$", shown, re.M):
        return now
    lines, new = shown.splitlines(), now.splitlines()
    gap = next(number for number, line in enumerate(lines) if line.strip() == GAP)
    tail = len(lines) - gap - 1
    return "\n".join([*new[:gap], lines[gap], *(new[-tail:] if tail else [])]) + "\n"


# rows of the table of figures: id, what it is in both READMEs
FIGURES = {
    "start_ratio": ("start to first instruction, over importing its libraries alone",
                    "从启动到第一条指令，是只装载所用程序库的几倍"),
    "start": ("the same, whole process", "同上，整个进程"),
    "decision_durable_median": ("an answer to the next screen, three playbooks, durable-rules: median",
                                "从一个回答到下一屏，三个剧本同时进行，用 durable-rules：中位数"),
    "decision_durable_p99": ("… p99", "…… 99% 不超过"),
    "decision_builtin_median": ("… without durable-rules: median", "…… 不用 durable-rules：中位数"),
    "commit_disk": ("a commit on disk, beside it", "另外，一次写盘"),
    "fold": ("10,000 events folded", "一万条记录叠成状态"),
    "verify": ("10,000 events verified", "一万条记录核对"),
    "memory_growth": ("memory growth over 1,000 incidents", "一个进程办一千件事，内存增长"),
    "check_all": ("`playbook check --pairs` of all, without comparing",
                  "全部剧本、每两个的组合和声明的组合检查一遍，不作对照"),
    "check_all_durable": ("… every state compared with durable-rules", "…… 每个状态都与 durable-rules 对照"),
    "check_states": ("states compared a second", "每秒对照的状态"),
    "p99_1": ("one sentence judged, 18 playbooks: p99", "听一句话，18 个剧本：99% 不超过"),
    "p99_100": ("… 1,800 playbooks: p99", "…… 1800 个剧本：99% 不超过"),
    "batch": ("… of 100,000 in a batch, each", "…… 成批十万句，每句"),
    "orders_ratio": ("a million orders imported and reckoned, over reading the file with polars",
                     "一百万件工单导入并统计，是只用 polars 读这份文件的几倍"),
    "orders_list": ("10,000 unfinished orders found and sorted", "一万件没了结的工单找出排好"),
    "orders_screen": ("… `zhiban order list`, whole command, a screenful",
                      "……整条 `zhiban order list`，一屏"),
    "practice_answer": ("an answer of 500 signs marked", "一份 500 字的作答评分"),
    "practice_batch": ("a hundred answers of a batch", "一批里的一百份作答"),
}  # fmt: skip
HEADS = ("| what | measured | goal | met |", "| 量什么 | 量得 | 目标 | 达到 |")
FEET = (
    "Measured with `make bench`: {machine}, load {load:.1f}{busy}.",
    "用 `make bench` 量得：{machine}，负载 {load:.1f}{busy}。",
)
BUSY = (" (busy with other work: the times on the wall are too long)", "（机器在忙别的，按钟表计的时间偏长）")
MET = {True: ("yes", "是"), False: ("**no**", "**没有**"), None: ("", "")}
BENCH = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.S)


def figures(result: dict[str, Any], language: int) -> str:
    """The table of figures: 0 English, 1 Chinese."""
    measured = {f["id"]: f for bench in result["benchmarks"] for f in bench["figures"]}
    rows = [HEADS[language], "|---|---|---|---|"]
    for name, what in FIGURES.items():
        found = measured[name]
        value = "-" if found["value"] is None else f"{found['value']:,.4g} {found['unit']}".strip()
        goal = "" if found["goal"] is None else f"≤ {found['goal']:g} {found['unit']}".strip()
        rows.append(f"| {what[language]} | {value} | {goal} | {MET[found['met']][language]} |")
    load = result["load"] or 0.0
    busy = BUSY[language] if load > (os.cpu_count() or 1) else ""
    foot = FEET[language].format(machine=result["machine"], load=load, busy=busy)
    return "\n".join([*rows, "", foot, ""])


def main() -> int:
    """Compare both READMEs with what is; `--write` renews them."""
    if "--bench" in sys.argv:
        result = json.loads(Path(sys.argv[sys.argv.index("--bench") + 1]).read_text("utf-8"))
        for language, name in enumerate(READMES):
            text = (ROOT / name).read_text("utf-8")
            (ROOT / name).write_text(BENCH.sub(lambda _: figures(result, language), text), "utf-8")  # noqa: B023
        return 0
    wrong = 0
    for name in READMES:
        path = ROOT / name
        text = path.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            played = list(Player(Path(folder)).play(text))
        differ = [(shown, now) for shown, now in played if not agrees(shown.output, now)]
        for shown, now in differ:
            sys.stdout.write(f"{name}: $ {shown.command}\n{now}\n")
        wrong += len(differ)
        # times and ids of one README come from one run: all of it is renewed, or nothing
        for shown, now in reversed(played) if differ else ():
            text = text[: shown.start] + renewed(shown.output, now) + text[shown.end :]
        if "--write" in sys.argv:
            path.write_text(text, "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
