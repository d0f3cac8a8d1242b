"""Practice: answers of interview learners are marked point by point (see docs/practice.md)."""
