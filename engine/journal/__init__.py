"""The record of incidents: append-only events, hash-chained, in SQLite or in memory.

`store` writes, `records` reads, `chain` hashes and audits, `database` knows SQLite.
"""

from engine.journal.chain import Status
from engine.journal.records import Mode, Summary
from engine.journal.store import Journal

__all__ = ["Journal", "Mode", "Status", "Summary"]
