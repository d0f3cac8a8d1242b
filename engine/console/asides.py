"""The letter commands: the same at every prompt, and none loses the place."""

from __future__ import annotations

from collections.abc import Iterable

from engine import walk
from engine.conditions import OPEN, Answer, grounds
from engine.console import replies
from engine.console.marking import mark
from engine.console.replies import Chosen, Command, Empty, Mark, Marks, Picked
from engine.console.talk import Again, Leave, Talk
from engine.model import Fact
from engine.plan import Wanted, running
from engine.words import shown

HELP = """\
办好了打号：1　几个一起：1 2　全部：全
已交代别人：1h（1 交）　早先办的：1 9:12
办不成，换办法：1x（1 不行 原因）
不用办：1 跳过 原因
新情况：直接打一句话，如：有人晕倒了
Enter 往下（★ 是默认）　0 或 s 说不清
b 回上一问　u 撤销　f 改以前的回答
r 没办完的　t 时限　w 为什么（w 1）
d 1 看 1 号的文书　n 文字 记一笔
o 换剧本　h 交班页　c 结束　q 保存离开
why-not 规则名　what-if 事实=值"""


class Asides:
    """Deals with letter commands in one conversation."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.t = talk, talk.t
        self.session, self.screens = talk.session, talk.screens

    def handle(self, command: Command) -> bool:
        """Do a command; whether the plan may have changed."""
        return bool(getattr(self, f"_{command.name}")(command.rest))

    # ---- answers --------------------------------------------------------------------------------

    def answer_to(self, fact: Fact, default: Answer | None, spare: int = 0) -> Chosen | None:
        """Ask until there is an answer; None when something else was dealt with."""
        offered, now = walk.options(fact), self.session.clock.now()
        self.screens.question(fact, offered, default, spare)
        while True:
            reply = self.talk.ask(lambda text: replies.question(text, fact, offered, now), "答> ")
            if isinstance(reply, Chosen):
                return reply
            if isinstance(reply, Empty) and default is not None:
                return Chosen(default)
            if isinstance(reply, Again):
                if reply.changed:
                    return None
                self.screens.question(fact, offered, default)
            else:
                self.t.line("这一问要有个回答；说不清按 s（或 0），先看别的按 r", "soon")

    def put(self, fact: Fact, *, spare: int = 0) -> bool:
        """Ask a fact that is open; whether it was answered."""
        self.talk.current = fact.key
        answer = self.answer_to(fact, None, spare)
        if answer is None:
            return False
        done = self.talk.act(lambda: self.session.answer(fact.key, answer.answer))
        if done and answer.answer == OPEN:
            self.t.line("先等着，过会儿再问；有消息直接说。", "quiet")
        if done and fact.kind == "text" and isinstance(answer.answer.value, str):
            self.talk.alarm(answer.answer.value)
        if done and answer.also:
            self.talk.hear(answer.also)
        return bool(done)

    def _back(self, rest: str) -> bool:
        """Re-ask the question answered last; `b` again goes one further back."""
        asked = [c.fact for c in self.session.state.changes if c.how in ("asked", "corrected", "changed")]
        past = [key for key in dict.fromkeys(reversed(asked)) if key in self.session.ruleset.facts]
        if self.talk.current in past and self.talk.current in self.session.state.facts:
            past = past[past.index(self.talk.current) + 1 :]  # already there: further back
        if not past:
            self.t.line("前面没有问过的了。", "soon")
            return False
        return self.again(past[0])

    def again(self, key: str) -> bool:
        """Ask an answered fact again; a new answer is a correction or a change."""
        session, fact = self.session, self.session.ruleset.facts[key]
        before = session.state.facts.get(key)
        self.talk.current = key
        self.t.line("重新回答（Enter 不变）：", "title")
        reply = self.answer_to(fact, before)
        if reply is None or reply.answer == before:
            return reply is None
        if before is None or before.state == "open":
            self.talk.do(lambda: session.answer(key, reply.answer))
            return True
        self.t.line("1 更正：原来就答错了★   2 变化：原来对，现在变了", first="   ")
        picked = self.talk.ask(lambda text: replies.pick(text, 2))
        if isinstance(picked, Again):
            return True
        how = "changed" if isinstance(picked, Picked) and picked.numbers == (2,) else "corrected"
        self.talk.do(lambda: session.answer(key, reply.answer, how=how))
        return True

    def _facts(self, rest: str) -> bool:
        session = self.session
        keys = [key for key in session.state.facts if key in session.ruleset.facts]
        if not keys:
            self.t.line("还没有回答过什么。")
            return False
        for number, key in enumerate(keys, 1):
            fact = session.ruleset.facts[key]
            self.t.line(
                f"{fact.label or fact.ask}：{shown(fact, session.state.facts[key])}", first=f"{number:>2} "
            )
        if rest.isdigit() and 0 < int(rest) <= len(keys):
            return self.again(keys[int(rest) - 1])
        self.t.line("要改哪一条打号；Enter 不改", "quiet", first="   ")
        reply = self.talk.ask(lambda text: replies.pick(text, len(keys)))
        if isinstance(reply, Picked) and reply.numbers[0]:
            return self.again(keys[reply.numbers[0] - 1])
        return isinstance(reply, Again) and reply.changed

    def _undo(self, rest: str) -> bool:
        acts = self.session.state.acts
        event = next((e for e in self.session.events if acts and e.seq == acts[-1][0]), None)
        kind = self.talk.do(self.session.undo)
        if kind is None:
            return False
        data = dict(event.data) if event is not None else {}
        ruleset, told = self.session.ruleset, ""
        if str(data.get("step", "")) in ruleset.steps:
            told = self.screens.words(ruleset.steps[str(data["step"])])
        elif str(data.get("fact", "")) in ruleset.facts:
            told = ruleset.facts[str(data["fact"])].label
        else:
            told = str(data.get("text") or data.get("playbook") or "")
        self.t.line(f"已撤销：{told}", "good")
        return True

    # ---- looking --------------------------------------------------------------------------------

    def _help(self, rest: str) -> bool:
        self.t.line(HELP)
        return False

    def _clocks(self, rest: str) -> bool:
        self.screens.clocks(self.session.watches())
        return False

    def _why(self, rest: str) -> bool:
        from engine.console.reasons import show_question, show_step

        numbers = [int(n) for n in rest.split() if n.isdigit()]
        if not numbers and self.talk.current:
            show_question(self.session, self.screens, self.talk.current)
            return False
        items = self.talk.shown
        wanted = [items[n - 1] for n in numbers if 0 < n <= len(items)] if numbers else list(items)
        if not wanted:
            self.t.line("这里没有这个号的步骤" if numbers else "没有要说明的步骤，r 看没办完的", "soon")
        for item in wanted:
            show_step(self.session, self.screens, item.key)
        return False

    def _why_not(self, rest: str) -> bool:
        from engine.console.reasons import show_rule

        self.talk.do(lambda: show_rule(self.session, self.screens, rest))
        return False

    def _what_if(self, rest: str) -> bool:
        from engine.console.reasons import show_effect

        self.talk.do(lambda: show_effect(self.session, self.screens, rest))
        return False

    def because(self, rules: Iterable[str]) -> str:
        """What makes some rules true, in a few words."""
        from engine.explain import describe

        told: dict[str, None] = {}
        for rule in rules:
            for leaf, _ in grounds(self.session.ruleset.rules[rule].when, self.session.state.situation):
                told[describe(self.session, leaf)[0]] = None
        return "；".join(list(told)[:3])

    def _document(self, rest: str) -> bool:
        from engine.console import papers

        number = int(rest) if rest.isdigit() else 1
        items = list(self.talk.shown) if rest else [item for item in self.talk.shown if item.step.issue]
        if not 0 < number <= len(items) or not items[number - 1].step.issue:
            self.t.line("这一步没有要发的文书", "soon")
            return False
        key = items[number - 1].key
        self.talk.act(lambda: papers.document(self.talk, key))
        return False

    def _handover(self, rest: str) -> bool:
        from engine.console.handover import page

        for text, style in page(self.session, self.screens):
            self.t.line(text, style)
        name = self.talk.words("交给谁？（写名字记一笔；Enter 只看）> ")
        if self.talk.alarm(name):
            self.talk.do(lambda: self.session.perform("noted", {"text": name}), name)
            return True
        if name:
            self.talk.do(lambda: self.session.perform("handover", {"text": f"交班给{name}"}), name)
            self.t.line(f"记下了：交班给{name}", "good")
        return False

    # ---- doing ----------------------------------------------------------------------------------

    def _note(self, rest: str) -> bool:
        text = rest or self.talk.words("记什么> ")
        if text:
            self.talk.do(lambda: self.session.perform("noted", {"text": text}), f"n {text}")
            if not self.talk.alarm(text):
                self.t.line("记下了。", "good")
                return False
            return True
        return False

    def _list(self, rest: str) -> bool:
        self.open_list()
        return True

    def open_list(self) -> None:
        """What is open, to be marked or answered: steps first, then awaited facts."""
        session = self.session
        items = list(running(session.plan, session.state))
        facts = [session.ruleset.facts[w.name] for w in session.watches() if w.of == "fact"]
        if not items and not facts:
            self.t.line("没有没办完的事。")
            return
        self.talk.shown, self.talk.current = tuple(items), ""
        self.screens.brief(list(enumerate(items, 1)))
        if facts:
            self.screens.clocks([w for w in session.watches() if w.of == "fact"], len(items) + 1)
        hint = "办好打号（1、1h、1x、1 跳过 原因）" if items else ""
        hint += ("；" if hint else "") + "等消息的打号作答" if facts else ""
        self.t.line(f"{hint}；Enter 返回；c 结束事件", "quiet")
        now, count = session.clock.now(), len(items) + len(facts)
        reply = self.talk.ask(lambda text: replies.steps(text, count, now))
        if isinstance(reply, Marks):
            self._marked(reply.marks, items, facts)

    def _marked(self, marks: Iterable[Mark], items: list[Wanted], facts: list[Fact]) -> None:
        for entry in marks:
            steps = tuple(n for n in entry.numbers if n <= len(items))
            if steps:
                mark(self.talk, entry._replace(numbers=steps), items)
            for number in entry.numbers:
                if number > len(items):
                    self.put(facts[number - len(items) - 1])

    def _playbooks(self, rest: str) -> bool:
        session = self.session
        others = [p for p in session.library.playbooks if p.id != "always"]
        for number, playbook in enumerate(others, 1):
            mark = "● " if playbook.id in session.state.active else "○ "
            self.t.line(f"{mark}{playbook.title}", first=f"{number:>2} ")
        self.t.line("打号启用或停用（● 是已启用）；Enter 不变", "quiet", first="   ")
        reply = self.talk.ask(lambda text: replies.pick(text, len(others)))
        if not isinstance(reply, Picked) or not reply.numbers[0]:
            return isinstance(reply, Again) and reply.changed
        chosen = others[reply.numbers[0] - 1]
        active = chosen.id in session.state.active
        if active and len(session.state.active) == 1:
            self.t.line("这是唯一在用的剧本，先启用别的再停它", "soon")
            return False
        self.talk.do(lambda: session.perform("ended" if active else "activated", {"playbook": chosen.id}))
        self.t.line(f"{'已停用' if active else '已启用'}：{chosen.title}", "good")
        return True

    def _close(self, rest: str) -> bool:
        if self.session.state.closing:
            self.t.line("正在收尾；Enter 或打号往下，0 先不结束", "soon")
            return False
        self.talk.do(lambda: walk.begin_closing(self.session))
        self.t.line("开始收尾。", "title")
        return True

    def _quit(self, rest: str) -> bool:
        raise Leave
