"""Texts that the reader's tests share: a small vocabulary and a playbook that uses the whole language."""

from engine.reader import parse_texts

VOCABULARY = """\
vocabulary: zhiban
roles:
  duty: 值班负责人
  lead: 值班领导
  it: 信息技术部门
hall:
  soon_minutes: {label: 多少分钟算短, default: 30, unit: 分钟}
  quiet_room: {label: 安静房间, default: 接待室}
  promise: {label: 承诺时限, type: duration, default: 2h}
facts:
  office_hours: {label: 上班时间, from: clock, ask: 现在是对外办事时间吗？}
  fire: {label: 起火, hear: [着火, 冒烟]}
  quarrel: {label: 争吵, ask: 还在争吵吗？, hear: {yes: [吵架]}}
  tense: {label: 场面紧张, when: {any: [{quarrel: yes}, {fire: yes}]}}
steps:
  report-lead: {what: 报告值班领导, to: lead, within: 10m, source: S4.02}
  calm: {what: 先稳住情绪, say: 您先消消气。, source: own}
"""

ALWAYS = """\
playbook: always
title: 人身安全
facts:
  shout: {label: 有人喊叫, hear: [喊叫]}
rules:
  safety:
  - when: {fire: yes}
    do: {evacuate: {what: 马上疏散, say: 请从最近的门走。, within: 2m, source: own}}
  control:
  - when: {shout: yes}
    do: {look-round: {what: 看是谁在喊, source: own}}
"""

GOOD = """\
# yaml-language-server: $schema=playbook.schema.json
playbook: system-failure
title: 业务系统故障
version: 012
about: 系统办不了业务
hear: [系统崩了, '系统|网络 + 坏了|卡 - 演练', {is: 死机, weight: 2.5}, 12345]
ends_in: [say-back, come-back]
hall:
  desk_count: {label: 窗口数, unit: 个, default: 012}
facts:
  fault_kind: {ask: 还能办到什么程度？, choices: {slow: 慢, no: 要靠手工, total: 全停了}, source: S4.01}
  office_hours:
  fix_minutes: {ask: 还要几分钟？, unit: 分钟, recheck: 10m}
  fix_soon: {label: 短时能修好, when: {fix_minutes: {lte: soon_minutes, gte: 1}}}
  system_back: {ask: 系统恢复了吗？, recheck: 10m, within: {due: promise, warn: 5m}}
  broken: {ask: 哪些坏了？, many: true, choices: {net: 网络, power: 电}, hear: {net: [断网]}}
  since: {ask: 几点坏的？, type: time}
  note: {ask: 有什么要记下？, type: text}
steps:
  look: {what: 到窗口看, finds: [fault_kind, since], source: S4.01}
rules:
  control:
  - do: {look: , report-lead: {within: 5m}}
  - id: again
    when: {not: {broken: [net, power]}}
    do: {look: }
  - when: {broken: {ne: net}}
    do: {look: }
  understand:
  - do: {call-it: {what: 问原因, to: it, ways: [打电话, '去{{ quiet_room }}找人'], finds: fix_minutes,
                   source: own, within: {due: 30m, from: since, warn: 10m}}}
  - when: {any: [{overdue: call-it}, {blocked: [call-it, look]}]}
    do: {lead-calls: {what: 请领导催, to: lead, after: call-it, every: 15m, optional: 是, source: own,
                      conflicts_with: calm}}
  resolve:
  - when: {office_hours: yes, known: [fix_minutes, since], maybe: {quarrel: yes}, fault_kind: [slow, no]}
    do: {tell: {what: 报时间, source: own, say: '{{ fix_minutes }}分{% if note %}，{{ note }}{% endif %}'}}
  - when: {unknown: fix_minutes}
    do: {come-back: {what: 请改天来, issue: notice, source: own}}
    activate: always
    source: [S4.02, E3.05]
  communicate:
  - when: {system_back: yes, tense: no, overdue: system_back}
    do: {say-back: {what: 告诉大家恢复了, source: own}}
  improve:
  - do: {plan-b: {who: lead, what: 写预案, within: 30d, evidence: 演练记录, check: 90d, source: own}}
"""

TEMPLATE = "# 通知\n{{ title }} {{ fault_kind }} {{ promise }} {{ elsewhere }}\n"

TEXTS = {
    "playbooks/vocabulary.yaml": VOCABULARY,
    "playbooks/always.yaml": ALWAYS,
    "playbooks/system-failure.yaml": GOOD,
    "templates/documents/notice.md.j2": TEMPLATE,
}


def read(playbook="", /, **others):
    """The library of the shared texts; `playbook` takes the place of the good one, others are added."""
    texts = dict(TEXTS)
    if playbook:
        texts["playbooks/system-failure.yaml"] = playbook
    return parse_texts(texts | {name.replace("__", "/") + ".yaml": text for name, text in others.items()})


def by_id(library):
    """Playbooks by id."""
    return {playbook.id: playbook for playbook in library.playbooks}


def codes(library, level="error"):
    """The codes of all findings of a level."""
    return [finding.code for finding in library.findings if finding.level == level]


def small(rules="", facts="", steps="", head=""):
    """A playbook of a few lines; facts begin on line 4, rules come after the steps."""
    parts = ["playbook: t", "title: 试", "facts:" if facts else "about: 无", facts, "steps:" if steps else ""]
    parts += [steps, head or "ends_in: a", "rules:", rules or "  control:\n  - do: {a: {what: 做}}"]
    return "\n".join(part for part in parts if part) + "\n"
