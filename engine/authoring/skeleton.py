"""Answers of an author → the text of a playbook that checks clean, and of cases that pass."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from engine.authoring.wording import listed, noun_of, one_line, quoted, words_of
from engine.model import Vocabulary
from engine.reader.fields import ID_PATTERN

_RESERVED = ("vocabulary", "sources", "null")  # they mean something else as a file or in YAML


class Draft(NamedTuple):
    """What an author says about a new playbook; every field may hold any text."""

    title: str
    words: str
    first: str
    who: str
    question: str
    if_yes: str
    if_no: str
    finish: str


def defaults(title: str) -> Draft:
    """What stands in the skeleton where the author says nothing."""
    return Draft(
        title=title,
        words=title,
        first="到现场看清楚，先让人离开危险的地方",
        who="guide",
        question="一时处理不好吗？",
        if_yes="向在场群众说明要等多久、可以怎么办",
        if_no="当场处理",
        finish="告诉在场的人处理好了",
    )


def id_fault(id: str) -> str:
    """Why a text cannot be the name of a playbook; empty: it can."""
    if not re.fullmatch(ID_PATTERN, id):
        return f"`{id}` 不能作剧本的名称：要小写字母开头，只用小写字母、数字、连字符"
    return f"`{id}` 是程序自己用的名称" if id in _RESERVED else ""


class _Names(NamedTuple):
    """Names of the skeleton's own facts and steps, none of which the vocabulary has."""

    question: str
    first: str
    yes: str
    no: str
    finish: str
    review: str


def _names(vocabulary: Vocabulary) -> _Names:
    taken = {fact.key for fact in vocabulary.facts} | {step.key for step in vocabulary.steps}
    taken |= {value.id for value in vocabulary.hall}
    wanted = ("main_question", "first-step", "if-yes", "if-no", "finish", "review")
    return _Names(*(_free(name, taken) for name in wanted))


def _free(name: str, taken: Collection[str]) -> str:
    mark = "_" if "_" in name else "-"
    tries = (name, *(f"{name}{mark}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in tries if name not in taken)


def _clean(draft: Draft, vocabulary: Vocabulary) -> Draft:
    """Every field fit to stand in YAML; what is left empty takes its default."""
    clean = Draft(*map(one_line, draft))
    title = clean.title or "新的突发情况"
    own = Draft(*(said or default for said, default in zip(clean, defaults(title), strict=True)))
    roles = [role.id for role in vocabulary.roles]
    return own._replace(who=own.who if own.who in roles else "")


def playbook_text(id: str, draft: Draft, vocabulary: Vocabulary) -> str:
    """The playbook: whatever the draft holds, it reads and checks without a finding."""
    said, name = _clean(draft, vocabulary), _names(vocabulary)
    who = f"who: {said.who}, " if said.who else ""
    roles = [role.id for role in vocabulary.roles]
    head = next((role for role in ("head", "lead", *roles) if role in roles), "")
    words = words_of(draft.words) or words_of(said.title) or [f"{id}现场"]
    lines = [
        f"# {said.title}：剧本。井号后面是说明，看懂了就可以删。",
        f"# 改完就查：zhiban playbook check {id}    跑用例：zhiban playbook test",
        "# 写法见 docs/playbook-guide.md（十分钟入门）和 docs/language.md（全部写法）",
        f"playbook: {id}",
        f"title: {quoted(said.title)}",
        "version: 1  # 每改一次加一",
        "# 值班人员说到这些词，程序就想到这个剧本。多写几种说法",
        f"hear: {listed(quoted(word) for word in words)}",
        "# 其中一步办成，事情就算了结。不管怎么回答，每条路上都要有一个能办到",
        f"ends_in: [{name.finish}]",
        "facts:",
        "  # 一个是或否的问题。只有答案会改变要做的事，程序才会问",
        f"  {name.question}: {{label: {quoted(noun_of(said.question))}, ask: {quoted(said.question)}}}",
        "rules:",
        "  control:  # 控制现场：头几分钟。没有 when 的规则一开始就做，第一屏不问问题",
        "  - do:",
        "      # 做什么写 what：祈使句，一件事。within 是时限，source: own 表示自己定的",
        f"      {name.first}: {{{who}what: {quoted(said.first)}, within: 5m, source: own}}",
    ]
    if "report-lead" in [step.key for step in vocabulary.steps]:
        lines.append("      report-lead:  # 公用步骤，别处已经写好，这里只写名称")
    lines += [
        "  resolve:  # 分类处置：按情况各办各的",
        f"  - when: {{{name.question}: yes}}  # 答了“是”才做",
        f"    do: {{{name.yes}: {{what: {quoted(said.if_yes)}, source: own}}}}",
        "  # 答了“否”，或者说不清。每个问题都要想到“说不清”",
        f"  - when: {{any: [{{{name.question}: no}}, {{unknown: {name.question}}}]}}",
        f"    do: {{{name.no}: {{what: {quoted(said.if_no)}, source: own}}}}",
        "  communicate:  # 反馈沟通：告诉当事人、群众、上级",
        "  # ways 是几种办法，前一种不行换下一种：了结的步骤要有退路。after 表示等那一步做完",
        f"  - do: {{{name.finish}: {{what: {quoted(said.finish)}, ways: [当面说, 用广播说],"
        f" after: {name.first}, source: own}}}}",
    ]
    if head:
        lines += [
            "  improve:  # 长效改进：事情结束时建成跟进事项，要写谁、多久、拿什么证明",
            f"  - do: {{{name.review}: {{who: {head}, what: 复盘这件事，把剧本改得更好, within: 30d,"
            " evidence: 复盘记录, source: own}}",
        ]
    return "\n".join(lines) + "\n"


def cases_text(id: str, draft: Draft, vocabulary: Vocabulary) -> str:
    """The cases of `playbook_text` with the same arguments: each passes."""
    name = _names(vocabulary)
    first = [name.first]
    if "report-lead" in [step.key for step in vocabulary.steps]:
        first.append("report-lead")
    shown = listed(first)
    return f"""\
# {id} 的用例：写明什么情形下该怎样、不该怎样。跑：zhiban playbook test
# given 是已知的，expect 是应该的；写法见 docs/cases.md
cases:
- name: 刚接报，什么都还不知道
  given: {{}}
  # first 是第一屏从头数起的步骤，not 是不该出现的，asks 是会问到的事实
  expect: {{first: {shown}, not: [{name.yes}, {name.no}], asks: [{name.question}]}}
- name: 答了“是”
  given: {{{name.question}: yes}}
  expect: {{wanted: [{name.yes}], not: [{name.no}]}}
- name: 答了“否”
  given: {{{name.question}: no}}
  expect: {{wanted: [{name.no}], not: [{name.yes}]}}
- name: 说不清也有下文，走得到了结（ends_in 里的步骤要做）
  given: {{{name.question}: 说不清}}
  expect: {{wanted: [{name.no}, {name.finish}], not: [{name.yes}], ends: yes}}
"""
