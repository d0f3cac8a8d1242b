"""What YAML itself refuses, said in Chinese."""

from __future__ import annotations

import re

# what yaml refuses, and the exotic line ends that would shift line numbers against every editor
_FORBIDDEN = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_PROBLEMS = (
    # part of the parser's English → (message, help); the first that fits
    ("found a tab character", "缩进用了制表符", "改成空格"),
    ("cannot start any token", "这里有不能直接写的字符", "缩进用空格不用制表符；以 @ ` % 开头的文字要加引号"),
    ("mapping values are not allowed", "这里不该有冒号", "看看缩进是否对齐；文字里有“: ”时要加引号"),
    ("could not find expected ':'", "缺少冒号", "写成 `名称: 值`，冒号用半角，后面空一格"),
    ("',' or ']'", "方括号没有写完，或项目之间缺逗号", "逗号和括号用半角"),
    ("',' or '}'", "花括号没有写完，或项目之间缺逗号", "逗号和括号用半角；文字里有逗号或括号时要加引号"),
    ("unexpected end of stream", "引号没有收尾", "补上后一个引号"),
    ("escape character", "双引号里的反斜杠写法不对", "改用单引号"),
    ("did not find expected '-' indicator", "列表的缩进没有对齐", "同一列表的 `- ` 要在同一列"),
    ("did not find expected key", "缩进没有对齐，或文字后面多了内容", "同一层的名称要在同一列"),
    ("expected <block end>", "缩进没有对齐，或文字后面多了内容", "同一层的名称要在同一列"),
    ("document start", "文件里有多余的内容", "一个文件只写一份，不用 `---` 分隔"),
    ("anchor", "锚点写法不对", "以 & 或 * 开头的文字要加引号"),
    ("tag", "标签写法不对", "以 ! 开头的文字要加引号"),
)


def forbidden(text: str) -> tuple[int, int, str] | None:
    """Line, column and message of the first character that may not stand in a file."""
    bad = _FORBIDDEN.search(text)
    if bad is None:
        return None
    column = bad.start() - text.rfind("\n", 0, bad.start())
    message = f"文件里有不可见的控制字符（U+{ord(bad[0]):04X}）"
    return text.count("\n", 0, bad.start()) + 1, column, message


def translate(english: str) -> tuple[str, str]:
    """Message and help for what the parser says."""
    for part, message, help in _PROBLEMS:
        if part in english:
            return f"YAML 写法有误：{message}", help
    return "YAML 写法有误", f"解析器的说法：{english}"
