"""Follow-ups: what incidents, orders and drills leave to be done later: owner, date, evidence, effect.

`model` is one follow-up and the fold of its events, `ledger` keeps them, `intake` takes them over from the
records that made them, `causes` finds what happens again and again, `leaving` lays them out for exports.
"""
