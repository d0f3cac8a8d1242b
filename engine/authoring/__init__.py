"""A first draft of a playbook and of its cases: it reads, checks and passes as it stands, and teaches."""

from __future__ import annotations

from engine.authoring.files import must_be_free, write_new
from engine.authoring.skeleton import Draft, cases_text, defaults, id_fault, playbook_text

__all__ = ["Draft", "cases_text", "defaults", "id_fault", "must_be_free", "playbook_text", "write_new"]
