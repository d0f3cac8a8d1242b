"""zhiban: a rule-based incident-response decision engine for government service halls."""

__version__ = "0.1.0"
