"""Whether a question is fit to be asked: tied to its playbook, reachable, and not answered by itself.

Reading (`reading.parse`) finds what is wrong with the writing; here is what only the playbook, the
sources and the marker can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from engine.model import Finding, Library, Span
from engine.practice.answer import Answer
from engine.practice.finding import Finder
from engine.practice.marking import mark
from engine.practice.model import Bank, Point, Question, Scene, Twist
from engine.practice.scenes import Stage, Told, short
from engine.reader.report import suggest
from engine.sources import sources

ASKS = 2  # questions asked after, at least
REACHED = 0.95  # of the points, by the outline of a generated question


def check(bank: Bank, library: Library, questions: Sequence[Question] | None = None) -> list[Finding]:
    """Everything that is wrong with some questions of a bank (all by default), in order of place."""
    stage = Stage(library)
    found = [
        finding
        for question in (bank.questions if questions is None else questions)
        for finding in _Check(bank, stage, question).run()
    ]
    return sorted(found, key=lambda f: (f.span.file, f.span.line, f.span.column))


class _Check:
    def __init__(self, bank: Bank, stage: Stage, question: Question) -> None:
        self.bank, self.stage, self.question = bank, stage, question
        self.generated = question.origin.kind == "generated"

    def run(self) -> Iterator[Finding]:
        question = self.question
        yield from self._sources()
        missing = [id for id in (question.playbook, *question.origin.beside) if id not in self.stage.ids]
        for id in missing:
            yield _error("unknown-playbook", question.span, f"没有剧本 `{id}`", suggest(id, self.stage.ids))
        if not missing:
            yield from self._scenes()
        if len(question.asks) < ASKS:
            yield _error("few-asks", question.span, f"追问不到 {ASKS} 个", "补上会改变事实的追问")
        yield from self._given_away(question.text, question.points)
        for twist in question.asks:
            yield from self._given_away(twist.tell, twist.expect)
            yield from self._own_words(twist.expect)
        if self.generated:
            yield from self._own_words(question.points)
            yield from self._outline()

    def _sources(self) -> Iterator[Finding]:
        known = sources()
        cited = [(point.source, point.span) for point in self.question.points]
        cited += [(point.source, point.span) for twist in self.question.asks for point in twist.expect]
        cited += [(twist.source, twist.span) for twist in self.question.asks]
        for ids, span in cited:
            for id in ids:
                if id != "own" and id not in known:
                    yield _error(
                        "unknown-source", span, f"没有语句 `{id}`", "改成 sources.yaml 里的编号，或写 own"
                    )

    # ---- the playbook -------------------------------------------------------------------------

    def _scenes(self) -> Iterator[Finding]:
        question, base = self.question, self.question.origin.scene
        told = self._put(base)
        yield from _faults(told, base.span)
        yield from self._brought_about(told, base)
        if self.generated and not base.facts and not base.blocked and not base.overdue:
            yield _error("no-scene", question.span, "`origin` 没有写题面说明的事实", "在 `facts` 里写上")
        for point in question.points:
            if self.generated and not point.steps and point.source != ("own",):
                help = "写上 `steps`；剧本里没有的，`source` 写 own"
                yield _error("no-step", point.span, f"采分点 `{point.id}` 没有写步骤", help)
            yield from self._steps(point, (base,))
        before = set(told.wanted())
        for twist in question.asks:
            yield from self._twist(twist, base, before)

    def _twist(self, twist: Twist, base: Scene, before: set[str]) -> Iterator[Finding]:
        told = self._put(base, twist.scene)
        yield from _faults(told, twist.scene.span if twist.scene.span.file else twist.span)
        if not twist.scene.facts and not twist.scene.blocked and not twist.scene.overdue:
            help = "写上 `facts`、`blocked` 或 `overdue`"
            yield _error("no-change", twist.span, f"追问 `{twist.id}` 没有改变事实", help)
        elif not told.faults and set(told.wanted()) == before:
            help = "换一个会改变做法的事实"
            yield _error("no-effect", twist.span, f"追问 `{twist.id}` 改的事实不改变剧本要做的事", help)
        for point in twist.expect:
            yield from self._steps(point, (base, twist.scene))

    def _steps(self, point: Point, scenes: tuple[Scene, ...]) -> Iterator[Finding]:
        """The steps behind a point are wanted in its branch."""
        if point.when is not None:
            scenes = (*scenes, point.when)
        if not point.steps:
            return
        told = self._put(*scenes)
        if point.when is not None:
            yield from _faults(told, point.when.span)
        wanted = told.wanted()
        for name in point.steps:
            key = told.ruleset.resolve(name, "step")
            if key is None:
                help = suggest(name, short(told.ruleset.steps))
                yield _error("unknown-step", point.span, f"剧本里没有步骤 `{name}`", help)
            elif key not in wanted:
                help = "改题面的事实，或在 `when` 里写明分支"
                yield _error("not-wanted", point.span, f"题面的情形下，剧本不要求步骤 `{name}`", help)

    def _brought_about(self, told: Told, scene: Scene) -> Iterator[Finding]:
        """What is told as done or failed is something that the playbook asked for."""
        wanted = told.wanted()
        for kind in ("done", "blocked", "overdue"):
            for name in getattr(scene, kind):
                key = told.ruleset.resolve(name, "step")
                if key is not None and key not in wanted:
                    help = "换成剧本在这里会要求的步骤"
                    yield _error("not-wanted", scene.span, f"题面的情形下，剧本不要求步骤 `{name}`", help)

    def _put(self, *scenes: Scene) -> Told:
        origin = self.question.origin
        return self.stage.put([self.question.playbook, *origin.beside], *scenes)

    # ---- the marker ---------------------------------------------------------------------------

    def _given_away(self, text: str, points: Sequence[Point]) -> Iterator[Finding]:
        """Who only repeats the question earns nothing."""
        finder = Finder(Answer(text, dict(self.bank.usual)))
        for point in points:
            place = finder.any(point.ways, point.unless)
            if place:
                said = finder.answer.cut(*place).text
                text = f"题面的“{said[:20]}”就算答到了 `{point.id}`"
                level: Literal["error", "warning"] = "error" if self.generated else "warning"
                yield Finding(level, "given-away", text, point.span, "说法写得更具体")

    def _own_words(self, points: Sequence[Point]) -> Iterator[Finding]:
        """Who says the point in its own words earns it."""
        for point in points:
            if not Finder(Answer(point.text, dict(self.bank.usual))).any(point.ways, point.unless):
                yield _error(
                    "not-reached", point.span, f"照 `{point.id}` 的原话说也评不到", "补上 `point` 里的说法"
                )

    def _outline(self) -> Iterator[Finding]:
        """The outline reaches the points and makes no fault."""
        question = self.question
        result = mark(self.bank, question, "\n".join(question.outline))
        missed = [credit.id for credit in result.points if credit.credit < 1]
        if len(missed) > (1 - REACHED) * len(result.points):
            help = "提纲里补上，或给采分点补说法"
            yield _error("outline", question.span, f"提纲评不到采分点 {'、'.join(missed)}", help)
        for blame in result.faults:
            yield _error("outline", question.span, f"提纲被当成失分 `{blame.id}`", "失分点的说法写得更具体")


def _faults(told: Told, span: Span) -> Iterator[Finding]:
    for text, help in told.faults:
        yield _error("scene", span, text, help)


def _error(code: str, span: Span, text: str, help: str) -> Finding:
    return Finding("error", code, text, span, help)
