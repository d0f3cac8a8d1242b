"""durable-rules as the forward-chaining matcher; the only module that imports it.

Used in the one way that was measured to be safe: a Host that starts no threads, conjuncts as flat
`$and` tests on one message, at most 60 of them a ruleset, actions that only collect names, the
whole situation asserted and retracted again for each decision. Rules without a condition stay
outside. Rulesets are shared by content: a process that sees many incidents registers each once.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from typing import Any

from engine.conditions import Situation
from engine.literals import Conjunct, Literal, Property, Scalars, sorted_key
from engine.ruleset import Ruleset

SHARD = 60  # the matcher's stack holds 64 rules that are true at once
MAX_PROPERTIES = 250  # of one message; 255 is the extension's limit

_OPS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "!=": "$neq"}


class Unavailable(Exception):
    """The extension cannot be loaded; the message says why."""


class _Shard:
    """One registered ruleset: up to 60 conjuncts and the properties that they read."""

    def __init__(self, host: Any, conjuncts: list[tuple[str, Conjunct]]) -> None:
        self._host = host
        self._found: list[str] = []
        self._last: dict[str, Any] = {}
        names: dict[Property, str] = {}
        rules: dict[str, Any] = {}
        for index, (name, conjunct) in enumerate(conjuncts):
            tests: list[dict[str, Any]] = [{"always": 1}]
            for literal in sorted(conjunct, key=lambda item: sorted_key(frozenset((item,)))):
                tests.append(_test(literal, names.setdefault(literal.property, f"p{len(names)}")))
            rules[f"r{index}"] = {"all": [{"m": {"$and": tests}}], "run": self._collect(name)}
        # without a rule that always fires a message can count as "not handled"
        rules["all"] = {"all": [{"m": {"always": 1}}], "run": lambda context: None}
        self.names = names
        digest = hashlib.sha256(repr(rules_key(conjuncts)).encode()).hexdigest()[:20]
        self._ruleset = f"z{digest}"
        host.set_rulesets({self._ruleset: rules})

    def _collect(self, name: str) -> Callable[[Any], None]:
        return lambda context: self._found.append(name)

    def run(self, flat: Scalars, *, afresh: bool = False) -> list[str]:
        message: dict[str, Any] = {"id": "s", "sid": "0", "always": 1}
        for name, short in self.names.items():
            if name in flat:
                message[short] = flat[name]
        # an act changes few properties: most shards see the message they saw before
        if message != self._last or afresh:
            self._found.clear()
            self._last = {}
            self._host.assert_fact(self._ruleset, message)
            self._host.retract_fact(self._ruleset, message)
            self._last = message
        return list(self._found)


def _test(literal: Literal, name: str) -> dict[str, Any]:
    if literal.op == "==":
        return {name: literal.value}
    return {_OPS[literal.op]: {name: literal.value}}


def rules_key(conjuncts: Iterable[tuple[str, Conjunct]]) -> list[tuple[str, object]]:
    """A stable description of named conjuncts, equal for equal content."""
    return [(name, sorted_key(conjunct)) for name, conjunct in conjuncts]


_lock = threading.Lock()
_host: Any = None
_shards: dict[str, _Shard] = {}


def _shared_host() -> Any:
    global _host
    if _host is None:
        try:
            from durable import engine as durable
        except (ImportError, OSError) as error:
            raise Unavailable(f"durable-rules 装载失败（{error}）") from error

        class Host(durable.Host):  # type: ignore[misc]
            """A host without its two polling threads."""

            def _run(self) -> None:
                pass

        _host = Host()
    return _host


class Matcher:
    """A ruleset's rules in durable-rules. Raises Unavailable when the extension cannot be loaded."""

    def __init__(self, ruleset: Ruleset) -> None:
        with _lock:
            host = _shared_host()
            self.always: list[str] = []
            self._shards: list[_Shard] = []
            by_playbook: dict[str, list[tuple[str, Conjunct]]] = {}
            for key, conjuncts in ruleset.conjuncts.items():
                if frozenset() in conjuncts:
                    self.always.append(key)
                    continue
                listed = by_playbook.setdefault(ruleset.rules[key].playbook, [])
                listed.extend((key, conjunct) for conjunct in conjuncts)
            for listed in by_playbook.values():
                for part in _parts(listed):
                    key = repr(rules_key(part))
                    if key not in _shards:
                        _shards[key] = _Shard(host, part)
                    self._shards.append(_shards[key])

    def run(self, flat: Scalars, *, afresh: bool = False) -> set[str]:
        """The keys of the rules that hold for these properties; one thread at a time.

        `afresh`: also where a shard's last message was the same.
        """
        holding = set(self.always)
        with _lock:
            for shard in self._shards:
                holding.update(shard.run(flat, afresh=afresh))
        return holding


def _parts(conjuncts: list[tuple[str, Conjunct]]) -> Iterable[list[tuple[str, Conjunct]]]:
    part: list[tuple[str, Conjunct]] = []
    read: set[Property] = set()
    for name, conjunct in conjuncts:
        more = {literal.property for literal in conjunct}
        if part and (len(part) == SHARD or len(read | more) > MAX_PROPERTIES):
            yield part
            part, read = [], set()
        part.append((name, conjunct))
        read |= more
    if part:
        yield part


class Evaluator:
    """What decides for a session: durable-rules and the bit program, each on every situation.

    The very first situation is decided by the tree evaluator, so that the first instruction does not
    wait for the extension to load and the disjunctive forms to be worked out; both are run on it as
    soon as the second one is decided. Should the two ever differ, the second evaluator's answer
    counts and `differences` keeps the rules concerned. `note` is one honest line when durable-rules
    does not take part, else empty.
    """

    def __init__(self, ruleset: Ruleset, durable: bool = True) -> None:
        self.ruleset = ruleset
        self.differences: list[set[str]] = []
        self._durable = durable
        self._first: Situation | None = None
        self._matcher: Matcher | None = None
        self._loaded = False
        self._note = ""

    @property
    def note(self) -> str:
        """Why durable-rules does not take part; empty when it does, or as long as nobody asked it."""
        return self._note

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        if self._durable:
            try:
                self._matcher = Matcher(self.ruleset)
            except Unavailable as reason:
                self._note = f"{reason}，已改用内置判定，结果相同"

    def run(self, at: Situation) -> set[str]:
        """The keys of the rules that hold."""
        if self._first is None:
            self._first = Situation(dict(at.facts), set(at.happened))
            return self.ruleset.holding_by_tree(at)
        if not self._loaded:
            self._load()
            self.compare(self._first)
        return self.compare(at)

    def compare(self, at: Situation, *, afresh: bool = False) -> set[str]:
        """Decide by both and keep the difference; `afresh`: ask durable-rules even for a known message."""
        said = self.ruleset.said(at)
        second = self.ruleset.program.after(said)
        self._load()
        if self._matcher is not None:
            first = self._matcher.run(self.ruleset.blank | said, afresh=afresh)
            if first != second:
                self.differences.append(first ^ second)
        return second
