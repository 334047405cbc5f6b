"""A worker: events admitted, loads kept, both lanes of one Faust process. Entry: ``python -m streams.agents.worker``."""
