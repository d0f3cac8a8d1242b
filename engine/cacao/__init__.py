"""A playbook as an OASIS CACAO Security Playbook 2.0 (docs/cacao.md has the mapping, and what is lost)."""

from __future__ import annotations

from engine.cacao.document import EXTENSION, cacao, playbook_id

__all__ = ["EXTENSION", "cacao", "playbook_id"]
