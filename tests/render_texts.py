"""A small hall for the tests of documents and reports, and the means to walk an incident in it."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser

from engine.clock import SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer
from engine.journal import Journal
from engine.model import Profile
from engine.reader import parse_texts
from engine.session import Session

TEXTS = {
    "playbooks/vocabulary.yaml": """\
vocabulary: zhiban
roles: {duty: 值班负责人, it: 信息技术部门, guide: 引导员, head: 大厅主任}
hall:
  hall_address: {label: 大厅地址}
  hotline: {label: 咨询电话}
facts:
  hurt: {label: 有人受伤, hear: [受伤]}
steps:
  report-lead: {what: 报告值班领导, within: 10m, source: own}
""",
    "playbooks/always.yaml": """\
playbook: always
title: 人身安全
facts: {hurt: }
rules:
  safety:
  - when: {hurt: yes}
    do: {call: {what: 打120, within: 1m, source: own}}
""",
    "playbooks/outage.yaml": """\
playbook: outage
title: 系统故障
ends_in: [say-back, give-up]
facts:
  waiting: {label: 等候, ask: 有多少人在等？, unit: 人}
  kind: {label: 故障程度, ask: 还能办到什么程度？, choices: {slow: 能办但慢, total: 全停了}}
  minutes: {label: 预计还要, ask: 还要几分钟？, unit: 分钟}
  back: {label: 系统恢复, ask: 恢复了吗？, recheck: 10m, within: 1h}
rules:
  control:
  - do:
      announce: {what: 广播告诉全厅, say: 正在抢修，请先坐。, within: 3m, source: own}
      report-lead: {within: 5m}
  - when: {kind: total}
    do: {take-in: {who: guide, what: 先收件, issue: notice, within: 10m, source: own}}
  understand:
  - do: {call-it: {who: it, what: 问原因, within: 5m, ways: [打电话, 找人], source: own}}
  communicate:
  - when: {known: minutes}
    do: {tell: {what: 报时间, say: '大约还要{{ minutes }}分钟。', within: 5m, source: own}}
  - when: {back: yes}
    do: {say-back: {what: 告诉大家恢复了, within: {due: 5m, from: announce}, source: own}}
  - {when: {any: [{back: no}, {unknown: back}]}, do: {give-up: {what: 改天办, optional: yes, source: own}}}
  - {when: {waiting: {gte: 20}}, do: {calm: {who: guide, what: 安抚等候的人, after: announce, source: own}}}
  improve:
  - do: {plan: {who: head, what: 写预案, within: 30d, evidence: 演练记录, check: 90d, source: own}}
""",
    "templates/documents/notice.md.j2": """\
{# Reads minutes, kind, hotline. #}
# 停机公告

{{ now }}，{{ hall }}系统故障（{{ kind }}），估计还要 {{ minutes }} 分钟。咨询：{{ hotline }}。

| 姓名 | 电话 |
|---|---|
| ______ | ______ |

联系人______，电话______。
""",
}
HOSTILE = "<script>alert(1)</script> | *x* ![a](http://e.example/x.png)\n# 标题\x1b[31m\u202e"
PEOPLE = {"duty": ("王敏", "1380000"), "it": ("李强", "")}
PROFILE = Profile(name="河东区政务服务中心", people=PEOPLE, values={"hall_address": "河东路1号"})


def begin(*, mode: str = "real", text: str = "系统崩了", profile: Profile = PROFILE) -> Session:
    """An incident of `outage` that opened at 8:10."""
    library = parse_texts(TEXTS)
    assert not [item for item in library.findings if item.level == "error"], library.findings
    clock = SimulatedClock()
    return Session.begin(
        Journal(None), library, TEXTS, ["outage"], clock, profile=profile, text=text, mode=mode
    )


def wait(session: Session, **span: float) -> None:
    """Let time pass and take effect."""
    assert isinstance(session.clock, SimulatedClock)
    session.clock.advance(timedelta(**span))
    session.tick()


def told(session: Session, fact: str, value: object, **more: str) -> None:
    """Answer a question; `unsure` and `open` are the answers without a value."""
    answer = {"unsure": UNSURE, "open": OPEN}.get(str(value)) or Answer("known", value)  # type: ignore[arg-type]
    session.answer(f"outage.{fact}", answer, **more)


def half_way(**how: object) -> Session:
    """8:22: the announcement was 1 minute late, a call is overdue, an answer is awaited, one is unsure."""
    session = begin(**how)  # type: ignore[arg-type]
    wait(session, minutes=1)
    session.mark("report-lead", "done")
    wait(session, minutes=3)
    session.mark("outage.announce", "done")
    told(session, "waiting", 35)
    told(session, "kind", "total")
    told(session, "minutes", "unsure")
    told(session, "back", "open")
    session.mark("outage.take-in", "handed")
    wait(session, minutes=8)
    return session


class Balance(HTMLParser):
    """Fails on tags that do not match; collects tags, attributes and text."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(page: str) -> Balance:
    """A page that is well-formed and needs nothing else than itself."""
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert not reader.open
    assert page.startswith("<!DOCTYPE html>")
    assert not reader.tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form", "a"}
    for name, value in reader.attributes:
        assert name not in ("src", "href", "srcset", "action"), (name, value)
        assert not name.startswith("on"), (name, value)
        assert "://" not in value, (name, value)
    assert "@import" not in page
    assert not any(f"url({mark}" in page for mark in ("h", "/", '"', "'", "d"))
    return reader
