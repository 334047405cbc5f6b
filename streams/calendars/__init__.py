"""Workdays, working hours and calendar periods in Asia/Shanghai.

Pure but for reading one packaged file. Flows in: days and instants (microseconds UTC). Flows out: workdays, working minutes, bounds.
"""

from streams.calendars.periods import PERIODS, day_number, period_bounds, whole_days
from streams.calendars.workdays import Calendar, CalendarError, UnknownYear

__all__ = ["PERIODS", "Calendar", "CalendarError", "UnknownYear", "day_number", "period_bounds", "whole_days"]
