"""The notifier: what was found, told to whom it concerns. Entry: ``python -m streams.agents.notifier``."""
