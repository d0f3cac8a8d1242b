"""The workflow's nodes: identifiers that are the same in every export, branches and how they are joined."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "zhiban:cacao")


def playbook_id(id: str) -> str:
    """The CACAO identifier of a playbook: the same for all its versions."""
    return f"playbook--{uuid.uuid5(_NAMESPACE, id)}"


def identifier(kind: str, seed: str) -> str:
    """A CACAO identifier. The standard wants version 4, so the form is that; the bits come from the seed."""
    bits = hashlib.sha256(f"{kind} {seed}".encode()).digest()[:16]
    return f"{kind}--{uuid.UUID(bytes=bits, version=4)}"


class Workflow:
    """Nodes by identifier, in the order in which they are walked."""

    def __init__(self, playbook: str) -> None:
        self._playbook = playbook
        self.nodes: dict[str, dict[str, Any]] = {}
        self._used: dict[str, int] = {}

    def add(self, kind: str, seed: str, **fields: Any) -> str:
        """A node; a seed that occurs again gets a number."""
        seed = f"{self._playbook} {seed}"
        count = self._used[f"{kind} {seed}"] = self._used.get(f"{kind} {seed}", 0) + 1
        id = identifier(kind, seed if count == 1 else f"{seed} {count}")
        self.nodes[id] = {"type": kind, **fields}
        return id

    def end(self, seed: str) -> str:
        """An end step; each branch needs its own."""
        return self.add("end", seed)

    def close(self, id: str, seed: str) -> str:
        """Let a branch that consists of this node end; returns the node."""
        self.nodes[id]["on_completion"] = self.end(f"{seed} end")
        return id

    def when(self, condition: str, inner: str, seed: str, **fields: Any) -> str:
        """An if-condition around a node that is closed here."""
        return self.add("if-condition", seed, **fields, condition=condition, on_true=self.close(inner, seed))

    def together(self, branches: list[str], seed: str, name: str) -> str:
        """One node for branches that depend on nothing of each other: a parallel, if there are several."""
        if len(branches) == 1:
            return branches[0]
        next_steps = [self.close(id, f"{seed} {id}") for id in branches]
        return self.add("parallel", seed, name=name, next_steps=next_steps)
