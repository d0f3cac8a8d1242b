"""The `hall.yaml` that `zhiban init` writes: everything that a hall can say about itself, left blank."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.durations import text_of
from engine.errors import BadData, Conflict, reason
from engine.model import Duration, Fact, HallValue, Vocabulary

_HEAD = """\
# 本厅资料：zhiban 用它说出姓名、电话、地点，并判断是不是上班时间。
# 留空的不影响使用：要用时当场问，或印成“（待定）”。
# 井号后面是说明。行首有井号的一行不起作用，要用就只删那个井号，空格留着。冒号用半角，后面空一格。

hall:  # 大厅名称

# 本厅自己的剧本放在哪个文件夹；不写就是这份文件旁边的 playbooks
#playbooks: ~/zhiban-playbooks

# 对外办事时间。没写的日子算不办公；整段不写，就当场问
hours:
#  mon-fri: "9:00-12:00 13:30-17:00"
#  sat: "9:00-12:00"
#  makeup: "9:00-12:00 13:30-17:00"  # 调休上班的周六、周日；不写就当场问

# 谁担任什么、怎么找到他，例如 lead: {name: 王敏, phone: "12345678"}
people:
"""
_TAIL = """
# 本厅自己的上班日和休息日，优先于法定安排。off 是休息，work 是上班
calendar:
#  2027-02-10: off
#  2027-02-07: work

# 程序还不知道的年份：在上面列全该年的放假和调休，再在这里写依据，其余日子就按星期算
calendar_source:
#  2027: 国务院办公厅关于2027年部分节假日安排的通知
"""


def template(vocabulary: Vocabulary, declared: Iterable[HallValue] = ()) -> str:
    """The text of a blank profile; defaults stand as comments, so that later defaults reach the hall.

    `declared`: hall values of playbooks, beside the vocabulary's.
    """
    lines = [f"  {role.id}: {{name: , phone: }}  # {_line(role.label)}" for role in vocabulary.roles]
    lines += ["", "# 时限、地点等。行首有井号的是默认值，要改就删掉井号再改", "values:"]
    values = {value.id: value for value in (*vocabulary.hall, *declared)}
    lines += [_value(value) for value in values.values()]
    facts = [_fact(fact) for fact in vocabulary.facts if fact.known_from == "hall"]
    lines += ["", "# 本厅的固定情况，写了就不再问", "facts:", *facts] if facts else []
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def write_template(path: Path, vocabulary: Vocabulary, declared: Iterable[HallValue] = ()) -> None:
    """Write the blank profile (mode 0600, a new folder 0700: it will hold phone numbers).

    Conflict when the file exists, which is left alone; BadData when it cannot be written.
    """
    text = template(vocabulary, declared)
    with _explained(path):
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            path.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise Conflict(f"`{path}` 已经在了，没有改动", "直接编辑它；要重新开始，先把它改名") from error
    except OSError as error:
        raise BadData(f"写不了 `{path}`（{reason(error)}）", "检查文件夹的权限和磁盘空间") from error


def _value(value: HallValue) -> str:
    note = _line(value.label) + (f"（{value.unit}）" if value.unit else "")
    if value.default is None:
        return f"  {value.id}:  # {note}"
    return f"#  {value.id}: {_scalar(value.default)}  # {note}"


def _fact(fact: Fact) -> str:
    options = {"bool": "yes 或 no", "number": fact.unit, "choice": " 或 ".join(c.id for c in fact.choices)}
    about = options.get(fact.kind, "")
    return f"  {fact.key}:  # {_line(fact.label)}" + (f"（{about}）" if about else "")


def _scalar(value: int | str | bool | Duration) -> str:
    if isinstance(value, Duration):
        return text_of(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())
