"""Effort coefficients: person-minutes per thing demanded, with their provenance."""
