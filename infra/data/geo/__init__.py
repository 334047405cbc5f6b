"""Outlines of divisions for the dashboard's map, and how they are made."""
