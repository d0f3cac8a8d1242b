"""YAML → model: every fault is a finding with its place and a suggestion, and never an exception.

`load_library` reads all playbooks, `read_files` and `parse_texts` are the two halves of it: a
session keeps the texts that it was opened with. `locate` tells where the file of a span lies;
`schema` and `write_schema` describe the format to editors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from engine.reader.store import load_library, load_with_texts, locate, parse_texts, read_files

__all__ = [
    "load_library",
    "load_with_texts",
    "locate",
    "parse_texts",
    "read_files",
    "schema",
    "write_schema",
]


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of playbooks, the vocabulary and hall changes."""
    from engine.reader import json_schema  # only editors need it

    return json_schema.build()


def write_schema(path: Path) -> None:
    """Write the schema where `# yaml-language-server: $schema=` of the playbooks points to.

    Raises OSError when the file cannot be written.
    """
    path.write_bytes(msgspec.json.format(msgspec.json.encode(schema()), indent=1) + b"\n")
