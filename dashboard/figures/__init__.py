"""Figures: what pages show as charts. Pure functions from rows to ``Chart`` (a Plotly figure, the table behind it, its words).

A new figure is a module here and a line on its page; ``dashboard.shell.drawing`` puts it on the screen.
"""
