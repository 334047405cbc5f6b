"""What the parts of an embedded installation import, imported once: the fork server of ``up`` reads it, then each part is forked.

Nothing here runs: no setting is read, no pool of threads started, for a forked process has none of them and would wait for them for ever. So
expressions of rules are not looked at here: Polars starts its pool for them. Files of rules, units and working days are read, as they are
kept for whoever asks again.
"""

from __future__ import annotations

import streams.agents.judge.archive
import streams.agents.judge.judge
import streams.agents.judge.publishing
import streams.agents.judge.rounds
import streams.agents.log_upkeep
import streams.agents.notifier.notifier
import streams.agents.notifier.outbox
import streams.agents.starting
import streams.agents.topics
import streams.agents.worker.app
import streams.alerts.channels
import streams.alerts.policy
import streams.intake.brief_http
import streams.intake.desk_http
import streams.intake.http
import streams.intake.lists_http
import streams.intake.reads_http
import streams.registry
import streams.rules
import streams.simulate
import streams.store
import streams.store.reposting  # noqa: F401
from streams.calendars import Calendar
from streams.registry import load
from streams.rules.loading import parsed, shipped

load()
Calendar.load()
for path in shipped():
    parsed(path)
