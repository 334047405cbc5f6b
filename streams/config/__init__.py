"""What every process is told about Kafka, the store and the place, read once from ``BURDENWATCH_*`` variables.

A room at the bottom: it knows no client library. Each process composes its settings from these classes.
"""
