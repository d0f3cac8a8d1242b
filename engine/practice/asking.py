"""The parts of question files that tie them to a playbook: origin, branches, questions asked after."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.practice.fields import ASK, ORIGIN, TWIST, WHEN
from engine.practice.model import Origin, Point, Scene, Twist
from engine.reader.nodes import Mapping, Node, Scalar, Sequence
from engine.reader.report import Desk, suggest
from engine.reader.values import check_keys, listed, option, references, sources, text, whole, wrong

KINDS = ("seed", "generated")
ReadPoint = Callable[[str, Node], Point | None]


class Common(msgspec.Struct, frozen=True):
    """What is expected when something happens that can happen in any scene (twists.yaml)."""

    node: Sequence
    scene: Scene


def names(desk: Desk, field: str, fields: dict[str, Node]) -> tuple[str, ...]:
    """One or several names; none when the field is absent."""
    return tuple(name.text for name in references(desk, field, fields[field])) if field in fields else ()


def scene_of(desk: Desk, fields: dict[str, Node], place: Node) -> Scene:
    """The fields facts, done, blocked, overdue."""
    facts = []
    node = fields.get("facts")
    if isinstance(node, Mapping):
        for name, pair in node.pairs.items():
            values = tuple(item.text for item in listed(pair.value) if isinstance(item, Scalar))
            if not values or any(isinstance(item, Scalar) and item.null for item in listed(pair.value)):
                desk.error("wrong-type", pair.value.span, f"事实 `{name}` 没有答案", "写成 `名称: yes`")
                continue
            facts.append((name, values))
    elif node is not None:
        wrong(desk, node, "wrong-type", "`facts` 要写 `名称: 答案`", "例如 `{quarrel: yes}`")
    done, blocked, overdue = (names(desk, kind, fields) for kind in ("done", "blocked", "overdue"))
    return Scene(tuple(facts), done, blocked, overdue, place.span)


def branch(desk: Desk, node: Node) -> Scene | None:
    """`when` of a point."""
    if isinstance(node, Mapping):
        return scene_of(desk, check_keys(desk, node.pairs, WHEN, node), node)
    wrong(desk, node, "wrong-type", "`when` 要写 `facts`、`done`、`blocked` 或 `overdue`")
    return None


def origin(desk: Desk, node: Node | None) -> Origin:
    """`origin` of a question; without it the question is one of the seeds."""
    if node is None:
        return Origin()
    if not isinstance(node, Mapping):
        wrong(desk, node, "wrong-type", "`origin` 要写 `{from: generated, facts: {...}}`")
        return Origin()
    fields = check_keys(desk, node.pairs, ORIGIN, node)
    kind = option(desk, "from", fields["from"], KINDS) if "from" in fields else None
    beside = names(desk, "beside", fields)
    seed = whole(desk, "seed", fields["seed"]) if "seed" in fields else None
    return Origin(kind or "seed", scene_of(desk, fields, node), beside, seed)


def common(desk: Desk, root: Mapping) -> dict[str, Common]:
    """The file twists.yaml: name → points and what is so then."""
    found: dict[str, Common] = {}
    node = root.pairs["twists"].value
    if not isinstance(node, Mapping):
        wrong(desk, node, "wrong-type", "`twists` 要写 `名称: {points: [...]}`")
        return found
    for name, pair in node.pairs.items():
        if not isinstance(pair.value, Mapping):
            wrong(desk, pair.value, "wrong-type", f"`{name}` 要写 `points` 和 `facts`")
            continue
        fields = check_keys(desk, pair.value.pairs, TWIST, pair.value)
        points = fields.get("points")
        if isinstance(points, Sequence):
            found[name] = Common(points, scene_of(desk, fields, pair.value))
        elif points is not None:
            wrong(desk, points, "wrong-type", "`points` 要写一个列表")
    return found


def twist(
    desk: Desk, owner: str, node: Node, read: ReadPoint, shared: dict[str, Common], known: set[str]
) -> Twist | None:
    """One of `asks`. `read`: reads a point; `known`: ids of the question's points."""
    if not isinstance(node, Mapping):
        wrong(desk, node, "wrong-type", "追问要写 `id`、`tell`、`expect`")
        return None
    fields = check_keys(desk, node.pairs, ASK, node)
    if not {"id", "tell", "expect"} <= fields.keys():
        return None
    id = f"{owner}.{text(desk, 'id', fields['id'])}"
    scene = scene_of(desk, fields, node)
    expect, items = fields["expect"], []
    if isinstance(expect, Sequence):
        items = expect.items
    elif isinstance(expect, Scalar) and expect.text in shared:
        items = shared[expect.text].node.items
        scene = _both(shared[expect.text].scene, scene)
    else:
        given = expect.text if isinstance(expect, Scalar) else ""
        help = suggest(given, shared) or "写采分点的列表，或 twists.yaml 里的名称"
        wrong(desk, expect, "unknown-twist", f"没有通用追问 `{given[:20]}`", help)
    points = tuple(point for item in items if (point := read(id, item)))
    total = sum(point.weight for point in points)
    if points and total != 100:
        desk.error("weights", expect.span, f"追问 `{id}` 的采分点一共 {total} 分", "合计要 100 分")
    after = []
    for name in references(desk, "after", fields["after"]) if "after" in fields else ():
        if f"{owner}.{name.text}" not in known:
            desk.error("unknown-point", name.span, f"没有采分点 `{name.text}`", suggest(name.text, known))
        after.append(f"{owner}.{name.text}")
    cited = sources(desk, fields["source"]) if "source" in fields else ()
    told = text(desk, "tell", fields["tell"]) or ""
    return Twist(id, told, points, tuple(after), scene, cited, node.span)


def _both(left: Scene, right: Scene) -> Scene:
    """The right one's facts come after, and so in place of, the left one's."""
    return Scene(
        left.facts + right.facts,
        left.done + right.done,
        left.blocked + right.blocked,
        left.overdue + right.overdue,
        right.span,
    )
