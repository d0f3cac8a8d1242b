"""YAML → model: every fault is a finding with its place and a suggestion, and never an exception.

`load_library` reads all playbooks, `read_files` and `parse_texts` the two halves of it: a session
keeps the texts it was opened with. `locate` tells where the file of a span lies.
"""

from __future__ import annotations

from engine.reader.store import load_library, locate, parse_texts, read_files

__all__ = ["load_library", "locate", "parse_texts", "read_files"]
