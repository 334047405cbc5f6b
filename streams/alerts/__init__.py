"""Alerts: who is told of which finding, when, in which words, over which channel; and what becomes of a finding in people's hands.

Pure but for ``channels``. Flows in: transitions, silences, calendars, ``now_us``. Flows out: notifications and withheld ones, with reasons.
"""
