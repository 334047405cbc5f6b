"""Data that the rooms read: divisions, lines, calendars, coefficients; each folder carries its provenance."""
