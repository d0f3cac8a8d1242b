"""Steps and rules: entries → model."""

from __future__ import annotations

from engine.model import ALWAYS, NO_PROMISE, Deadline, Rule, Step, Want
from engine.reader import values
from engine.reader.fields import NO, REFERENCE, RULE, STEP
from engine.reader.nodes import Node, Pair, Scalar
from engine.reader.outline import Entry, RawRule
from engine.reader.report import Desk, suggest
from engine.reader.scope import Scope, Use
from engine.reader.terms import Terms
from engine.reader.times import Times
from engine.reader.words import Templates, resolve, words


def step(desk: Desk, scope: Scope, templates: Templates, entry: Entry) -> Step:
    """A step with every name resolved and the names that its words use."""
    name = entry.name.text
    desk = desk.about(f"步骤 `{name}`")
    found = values.check_keys(desk, entry.pairs, STEP, entry.place)
    times = Times(desk, scope)
    uses: set[str] = set()
    say = {f: words(desk, scope, f, found[f], uses) for f in ("what", "say") if f in found}
    ways = (
        tuple(words(desk, scope, "ways", way, uses) for way in values.listed(found["ways"]))
        if "ways" in found
        else ()
    )
    within = times.deadline("within", found["within"]) if "within" in found else None
    if within and within.origin == scope.prefix + name:
        desk.error("refers-to-itself", found["within"].span, "`within.from` 写了步骤自己", "删掉 `from`")
    read = Step(
        scope.prefix + name,
        say.get("what", ""),
        _role(desk, scope, "who", found),
        _role(desk, scope, "to", found),
        say.get("say", ""),
        _document(desk, scope, templates, found, uses),
        within,
        _steps(desk, scope, "after", found, name),
        _finds(desk, scope, found),
        ways,
        times.duration("every", found["every"]) if "every" in found else None,
        bool(values.flag(desk, "optional", found["optional"])) if "optional" in found else False,
        _steps(desk, scope, "conflicts_with", found, name),
        _promises(desk, scope, found),
        values.plain_text(desk, "evidence", found["evidence"]) or "" if "evidence" in found else "",
        times.duration("check", found["check"]) if "check" in found else None,
        values.sources(desk, found["source"]) if "source" in found else (),
        tuple(sorted(uses)),
        entry.name.span,
    )
    for key in uses:
        scope.uses.append(Use(key, entry.name.span, owner=desk.owner))
    return read


def _role(desk: Desk, scope: Scope, field: str, found: dict[str, Node]) -> str:
    name = values.reference(desk, field, found[field]) if field in found else None
    return (scope.role(desk, name) or "") if name else ""


def _document(desk: Desk, scope: Scope, templates: Templates, found: dict[str, Node], uses: set[str]) -> str:
    name = values.reference(desk, "issue", found["issue"]) if "issue" in found else None
    if name is None:
        return ""
    if name.text not in templates.files:
        help = suggest(name.text, templates.files)
        desk.error("unknown-document", name.span, f"未知文书模板 `{values.brief(name.text)}`", help)
        return ""
    for variable in templates.names(name.text):
        # names unknown here may belong to other playbooks that issue the same document
        resolve(scope, variable, uses)
    return name.text


def _steps(desk: Desk, scope: Scope, field: str, found: dict[str, Node], own: str = "") -> tuple[str, ...]:
    keys = []
    for name in values.references(desk, field, found[field]) if field in found else ():
        if name.text == own:
            desk.error("refers-to-itself", name.span, f"`{field}` 写了步骤自己", "换成别的步骤，或删掉")
            continue
        key = scope.step(desk, name)
        if key:
            keys.append(key)
    return tuple(keys)


def _promises(desk: Desk, scope: Scope, found: dict[str, Node]) -> tuple[str, ...]:
    node = found.get("promises")
    if isinstance(node, Scalar) and node.text.lower() in NO:
        return NO_PROMISE
    # a step may name itself: what it promises it also does, by its own deadline
    return _steps(desk, scope, "promises", found)


def _finds(desk: Desk, scope: Scope, found: dict[str, Node]) -> tuple[str, ...]:
    keys = []
    for name in values.references(desk, "finds", found["finds"]) if "finds" in found else ():
        fact = scope.fact(desk, name)
        if fact is None:
            continue
        if not fact.ask:
            text = f"`finds` 里的 `{name.text}` 没有 `ask`，做完也问不出来"
            desk.error("not-asked", name.span, text, "给这个事实写上 `ask`")
        scope.uses.append(Use(fact.key, name.span, owner=desk.owner))
        keys.append(fact.key)
    return tuple(keys)


def rule(desk: Desk, scope: Scope, raw: RawRule, playbook: str, installed: set[str]) -> Rule:
    """A rule; `installed` are the playbooks that it may activate."""
    desk = desk.about(f"规则 `{raw.id}`")
    found = values.check_keys(desk, raw.pairs, RULE)
    wants = [_want(desk, scope, want.name, want.pairs) for want in raw.do]
    return Rule(
        f"{playbook}.{raw.id}",
        raw.phase,  # type: ignore[arg-type]
        Terms(desk, scope).condition(found["when"]) if "when" in found else ALWAYS,
        tuple(want for want in wants if want),
        _activate(desk, found, playbook, installed),
        values.sources(desk, found["source"]) if "source" in found else (),
        raw.place.span,
    )


def _want(desk: Desk, scope: Scope, name: Scalar, pairs: dict[str, Pair]) -> Want | None:
    key = scope.step(desk, name)
    found = values.check_keys(desk, pairs, REFERENCE)
    within: Deadline | None = None
    if "within" in found:
        within = Times(desk, scope).deadline("within", found["within"])
    return Want(key, within) if key else None


def _activate(desk: Desk, found: dict[str, Node], playbook: str, installed: set[str]) -> tuple[str, ...]:
    ids = []
    for name in values.references(desk, "activate", found["activate"]) if "activate" in found else ():
        if name.text == playbook:
            desk.error("activates-itself", name.span, f"剧本 `{playbook}` 启动了自己", "删掉这个 `activate`")
        elif name.text not in installed:
            text = f"未知剧本 `{values.brief(name.text)}`"
            desk.error("unknown-playbook", name.span, text, suggest(name.text, installed))
        else:
            ids.append(name.text)
    return tuple(ids)
