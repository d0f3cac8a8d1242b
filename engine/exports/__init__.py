"""What leaves the program for others' programs: sheets (XLSX, CSV), calendars (iCalendar), Word documents.

    Column, Sheet, csv, xlsx     tables; a cell is never taken for a formula
    Todo, calendar               VTODO entries with stable UIDs
    Paper, Section, Table, word  a report through a Word template

Everything returns bytes: who calls writes them. openpyxl, icalendar and docxtpl are loaded where used.
"""

from engine.exports.calendars import Todo, calendar
from engine.exports.cells import Column, Sheet, neutral, original
from engine.exports.documents import Paper, Section, Shaded, Table, word
from engine.exports.sheets import csv, xlsx

__all__ = [
    "Column",
    "Paper",
    "Section",
    "Shaded",
    "Sheet",
    "Table",
    "Todo",
    "calendar",
    "csv",
    "neutral",
    "original",
    "word",
    "xlsx",
]
