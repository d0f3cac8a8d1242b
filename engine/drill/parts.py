"""The parts of a drill file: objectives, steps that take time, injects, expectations, harmful acts."""

from __future__ import annotations

from collections.abc import Callable

from engine.cases.naming import Names
from engine.drill.fields import EXPECT, HARM, INJECT, OBJECTIVE, SPREADS, SUBJECTS, TAKES, TRIGGER
from engine.drill.model import (
    CHANNELS,
    Expectation,
    Growth,
    Harm,
    Inject,
    Objective,
    Takes,
    Trigger,
)
from engine.drill.terms import Declared, Terms
from engine.practice.model import Way
from engine.reader import values
from engine.reader.nodes import Node
from engine.reader.report import Desk

_START = Trigger(at=0)


class Parts(Terms):
    """Reads the parts."""

    def __init__(
        self,
        names: Names,
        declared: Declared,
        roles: list[str],
        documents: list[str],
        ways: Callable[[Desk, Node], tuple[Way, ...]],
    ) -> None:
        """`documents`: those that steps issue; `ways`: reads the words of an expectation."""
        super().__init__(names, declared)
        self.roles, self.documents, self.ways = roles, documents, ways

    def objective(self, node: Node) -> Objective | None:
        """One objective."""
        fields = self.table(node, OBJECTIVE, "目标")
        if "id" not in fields:
            return None
        owner = self._one("owner", fields, self.roles, "岗位")
        return Objective(self._text("id", fields), self._text("what", fields), owner, node.span)

    def takes(self, node: Node) -> tuple[Takes, ...]:
        """Step → how it goes."""
        found = []
        for name, pair in self.names.pairs("takes", node).items():
            fields = self.table(pair.value, TAKES, f"步骤 `{name}`")
            key = self.names.key(pair.key, "step")
            if key is not None:
                found.append(
                    Takes(
                        key,
                        self.seconds("time", fields),
                        self._whole("fails", fields),
                        self._whole("chance", fields),
                        self._text("why", fields),
                        self._text("told", fields),
                        pair.key.span,
                    )
                )
        return tuple(found)

    def inject(self, node: Node) -> Inject | None:
        """One inject."""
        fields = self.table(node, INJECT, "情况")
        id = self._text("id", fields)
        if not id:
            return None
        channel = self._one("by", fields, list(CHANNELS), "来路") or "scene"
        unless = [
            self._on(item, 0) for item in (values.listed(fields["unless"]) if "unless" in fields else [])
        ]
        return Inject(
            id=id,
            when=self.trigger(f"情况 `{id}`", fields, node),
            tell=self._text("tell", fields),
            channel=channel,  # type: ignore[arg-type]
            sender=self._text("from", fields),
            to=self.names.among("to", fields, "role", "岗位", self.roles),
            sets=self.answers("set", fields["set"]) if "set" in fields else {},
            reveals=self.names.keys("reveal", fields, "fact"),
            unless=tuple(unless),
            red_herring=bool("red_herring" in fields and self._flag("red_herring", fields)),
            growth=self._growth(fields),
            note=self._text("note", fields),
            source=values.sources(self.names.desk, fields["source"]) if "source" in fields else (),
            span=node.span,
        )

    def _growth(self, fields: dict[str, Node]) -> Growth | None:
        if "spreads" not in fields:
            return None
        inner = self.table(fields["spreads"], SPREADS, "传播")
        until = []
        for name in self.names.listed("until", inner):
            step = name.text if name.text in self.declared.injects else self.names.key(name, "step")
            until += [step] if step else []
        shares, comments, percent = (self._whole(name, inner) for name in ("shares", "comments", "percent"))
        return Growth(shares, comments, percent or 100, tuple(until))

    def expectation(self, node: Node) -> Expectation | None:
        """One expectation."""
        fields = self.table(node, EXPECT, "要求")
        id = self._text("id", fields)
        if not id:
            return None
        subjects = [name for name in SUBJECTS if name in fields]
        if (
            len(set(subjects) - {"points"}) > 1
            or not subjects
            or ("points" in subjects and len(subjects) > 1)
        ):
            text = f"要求 `{id}`：{'、'.join(f'`{s}`' for s in SUBJECTS)} 里要写一个"
            self.names.desk.error("one-subject", node.span, text, "几样都要做到，就分成几条要求")
        since = _START
        if "since" in fields:
            inner = self.table(fields["since"], TRIGGER, "起算")
            since = self.trigger(f"要求 `{id}`", inner, fields["since"])
        return Expectation(
            id=id,
            what=self._text("what", fields),
            weight=self._whole("weight", fields),
            objective=self._one("for", fields, list(self.declared.objectives), "目标"),
            steps=self.names.keys("do", fields, "step"),
            facts=self.names.keys("ask", fields, "fact"),
            says=self.ways(self.names.desk, fields["say"]) if "say" in fields else (),
            points=tuple(name.text for name in self.names.listed("points", fields)),
            documents=self.names.among("issue", fields, "document", "文书", self.documents),
            never=self.names.among("never", fields, "harm", "不该做的事", list(self.declared.harms)),
            since=since,
            within=self.seconds("within", fields),
            late=self.seconds("late", fields),
            critical=bool("critical" in fields and self._flag("critical", fields)),
            roles=self.names.among("roles", fields, "role", "岗位", self.roles),
            source=values.sources(self.names.desk, fields["source"]) if "source" in fields else (),
            span=node.span,
        )

    def harm(self, node: Node) -> Harm | None:
        """One harmful act."""
        fields = self.table(node, HARM, "不该做的事")
        id = self._text("id", fields)
        if not id:
            return None
        return Harm(
            id, self._text("what", fields), self._whole("minus", fields),
            bool("blame" in fields and self._flag("blame", fields)),
            self._text("fault", fields), self._text("tell", fields), node.span,
        )  # fmt: skip
