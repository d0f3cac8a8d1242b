"""The fields of the language, in one place: the reader reads by them, the editor schema is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# What a value is. `values`, `signals`, `conditions` read each kind; `json_schema` describes each.
Kind: TypeAlias = Literal[
    "text",  # words as they are
    "words",  # words with {{ }}
    "ways",  # one or several words with {{ }}
    "id",  # the name of a thing declared here
    "name",  # the name of a thing declared elsewhere
    "names",  # one or several of them
    "sources",  # statement ids, or `own`
    "flag",  # yes or no
    "version",  # a whole number from 1
    "reach",  # 1, 2 or 3
    "duration",  # 30m, or a hall value
    "deadline",  # a duration, or {due, from, warn}
    "promise",  # names, or no
    "condition",
    "signals",  # words that speak for a playbook
    "heard",  # words that settle a fact
    "choices",  # id → label
    "fact-type",
    "hall-type",
    "known-from",
    "default",  # the default of a hall value, read by its type
    "roles",  # id → label
    "hall",  # id → hall value
    "facts",  # id → fact, or nothing: only its place in the asking order
    "steps",  # id → step
    "hall-changes",  # the same three in a hall's change: any field may be absent, or empty to remove it
    "fact-changes",
    "step-changes",
    "rules",  # phase → rules
    "do",  # id → step or reference
    "drop",  # ids
]


@dataclass(frozen=True)
class Field:
    """One field: what it holds, what it is for (Chinese, shown by editors), whether it must stand."""

    kind: Kind
    about: str
    required: bool = False


Table: TypeAlias = dict[str, Field]

ID_PATTERN = r"[a-z][a-z0-9_-]*"
# facts and hall values stand in words as {{ name }}, where a hyphen would be a minus
VARIABLE_PATTERN = r"[a-z][a-z0-9_]*"
DURATION_PATTERN = r"([1-9][0-9]{0,4})(m|h|d|wd)"
NUMBER_PATTERN = r"-?[0-9]{1,12}"
SOURCE_PATTERN = r"own|[A-Z][0-9]{0,2}\.[0-9]{1,3}"
YES = ("yes", "true", "是")
NO = ("no", "false", "否")
FACT_TYPES = ("bool", "number", "time", "text")
HALL_TYPES = ("number", "duration", "text", "bool")
KNOWN_FROM = ("clock", "hall")
COMPARISONS = {"eq": "等于", "ne": "不等于", "lt": "小于", "lte": "不超过", "gt": "大于", "gte": "不小于"}
OUTCOMES = {"done": "已办成", "blocked": "办不成", "overdue": "已超时", "handed": "已交代"}
CONNECTIVES = {"any": "任一成立", "all": "全部成立", "not": "不成立", "maybe": "没有被否定（拿不准也算）"}
KNOWLEDGE = {"known": "已知道", "unknown": "问过而说不清"}
# names that words may use besides facts and hall values
GLOBALS = ("hall", "role", "phone", "now", "incident", "title")
RESERVED = frozenset(
    {*OUTCOMES, *CONNECTIVES, *KNOWLEDGE, *GLOBALS}
    | {"and", "or", "if", "else", "elif", "in", "is", "for", "set", "true", "false", "none", "loop", "self"}
    | {"yes", "no", "range", "dict", "lipsum", "cycler", "joiner", "namespace", "null"}
)

PLAYBOOK: Table = {
    "playbook": Field("id", "剧本的名称：小写字母、数字、连字符", required=True),
    "title": Field("text", "剧本的标题", required=True),
    "version": Field("version", "版本号，从 1 起"),
    "about": Field("text", "一句话说明"),
    "addon": Field("flag", "只配合别的剧本使用，不单独开始"),
    "reach": Field("reach", "卡住多少人：1 全厅，2 一群人，3 一个人、一件事（不写就是 3）"),
    "hear": Field("signals", "听到哪些词就想到这个剧本"),
    "ends_in": Field("names", "哪些步骤办成算事情了结"),
    "hall": Field("hall", "本厅可改的数值：时限、地点、电话"),
    "facts": Field("facts", "要弄清的事实，按提问的先后"),
    "steps": Field("steps", "几条规则共用的步骤"),
    "rules": Field("rules", "各阶段的规则", required=True),
}
VOCABULARY: Table = {
    "vocabulary": Field("id", "公用词汇的名称", required=True),
    "about": Field("text", "一句话说明"),
    "version": Field("version", "版本号，从 1 起"),
    "roles": Field("roles", "岗位：名称和叫法"),
    "hall": Field("hall", "本厅可改的数值：时限、地点、电话"),
    "facts": Field("facts", "各剧本公用的事实"),
    "promises": Field("signals", "哪些话算对群众许诺：同一句里出现就算"),
    "steps": Field("steps", "各剧本公用的步骤"),
}
EXTENSION: Table = {
    "extends": Field("id", "改哪个剧本（或公用词汇）", required=True),
    "about": Field("text", "为什么改"),
    "title": Field("text", "换一个标题"),
    "hear": Field("signals", "再加哪些词"),
    "ends_in": Field("names", "换掉了结的步骤"),
    "roles": Field("roles", "改岗位的叫法，或加岗位（只用于公用词汇）"),
    "hall": Field("hall-changes", "改数值的字段，或加数值"),
    "facts": Field("fact-changes", "改事实的字段，或加事实"),
    "steps": Field("step-changes", "改步骤的字段，或加步骤"),
    "rules": Field("rules", "加规则"),
    "drop": Field("drop", "去掉哪些步骤、规则、事实"),
}
FACT: Table = {
    "label": Field("text", "短名词，用在清单和报告里"),
    "ask": Field("text", "怎么问；没有就不问，只听报告"),
    "choices": Field("choices", "答案：名称和说法"),
    "many": Field("flag", "可以选几个"),
    "unit": Field("text", "单位；有单位就是整数"),
    "type": Field("fact-type", "是否、数、时间还是文字；多半不用写"),
    "hear": Field("heard", "听到哪些词就算知道了"),
    "when": Field("condition", "由别的事实推出"),
    "from": Field("known-from", "由时钟或大厅资料得知"),
    "recheck": Field("duration", "还没有结果时，隔多久再问"),
    "within": Field("deadline", "等多久算超时"),
    "source": Field("sources", "出处"),
}
STEP: Table = {
    "what": Field("words", "做什么：谁、何事，一句话", required=True),
    "who": Field("name", "谁来做（岗位）；不写就是值班负责人"),
    "to": Field("name", "联系谁（岗位）"),
    "say": Field("words", "说什么话"),
    "issue": Field("name", "发哪种文书"),
    "within": Field("deadline", "多久以内"),
    "after": Field("names", "等哪些步骤办完再做"),
    "finds": Field("names", "做完能弄清哪些事实"),
    "ways": Field("ways", "几种办法，一种不行换下一种"),
    "every": Field("duration", "隔多久再做一次"),
    "optional": Field("flag", "可做可不做"),
    "conflicts_with": Field("names", "不能和哪些步骤同时做"),
    "promises": Field("promise", "话里对群众的许诺由哪一步兑现（那一步要有期限）；不是许诺写 no"),
    "evidence": Field("text", "拿什么证明改进完成（长效改进）"),
    "check": Field("duration", "过多久检查效果（长效改进）"),
    "source": Field("sources", "出处"),
}
REFERENCE: Table = {"within": Field("deadline", "这里要得更快")}
RULE: Table = {
    "id": Field("id", "规则的名称；不写就用第一个步骤的"),
    "when": Field("condition", "什么情况下；不写就是总要做"),
    "do": Field("do", "做哪些步骤"),
    "activate": Field("names", "建议启动哪些剧本"),
    "source": Field("sources", "出处"),
}
HALL: Table = {
    "label": Field("text", "是什么", required=True),
    "default": Field("default", "没有填写时用什么；不写就留空"),
    "unit": Field("text", "单位；有单位就是整数"),
    "type": Field("hall-type", "数、时长、文字还是是否"),
}
DEADLINE: Table = {
    "due": Field("duration", "多久以内", required=True),
    "from": Field("name", "从哪个步骤办成或哪个事实的时刻算起"),
    "warn": Field("duration", "提前多久提醒"),
}
SIGNAL: Table = {
    "is": Field("text", "词：`甲|乙 + 丙 - 丁`", required=True),
    "weight": Field("text", "分量，默认 1"),
}
TOPS: dict[str, Table] = {"playbook": PLAYBOOK, "vocabulary": VOCABULARY, "extends": EXTENSION}
