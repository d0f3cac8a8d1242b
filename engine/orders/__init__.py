"""Hotline orders: the ledger from receipt to callback, with clocks, points, rates and statistics."""
