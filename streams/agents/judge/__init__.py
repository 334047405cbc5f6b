"""The judge: rules over events, loads and relations, live. Entry: ``python -m streams.agents.judge``."""
