"""YAML → model: every fault is a finding with its place and a suggestion, and never an exception.

`load_library` reads all playbooks, `read_files` and `parse_texts` are the two halves of it: a
session keeps the texts that it was opened with. `locate` tells where the file of a span lies;
`schema` and `write_schema` describe the format to editors.
"""

from __future__ import annotations

from engine.reader.json_schema import schema, write_schema
from engine.reader.store import load_library, locate, parse_texts, read_files

__all__ = ["load_library", "locate", "parse_texts", "read_files", "schema", "write_schema"]
