"""Workday calendars: what the State Council published, and what is only estimated."""
