"""The terminal: prompts, views and scripts. Shows what the engine decides and hands it what was typed."""
