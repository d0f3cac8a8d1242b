"""Drills: the officers' playbooks as exercises, with injects, free acts, a score and a debrief."""
