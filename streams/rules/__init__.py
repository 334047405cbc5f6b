"""Rules as data: packs, the five families, the life of a finding, its explanation, and the tests that packs ship with.

Pure but for reading pack files. Flows in: demands as they stand, loads, ``now_us``. Flows out: truths, then transitions, to be stored first and
told afterwards. Layers: ``pack`` and ``loading`` (files), ``book`` (the law of a place on a day), ``tables`` and the modules that fill them
(columns), ``predicates`` and ``loads`` (judging), ``machine`` (findings), ``explain``, ``testing``. docs/rules.md says how to write a rule.
"""

from streams.rules.book import Rulebook, Standing, in_force
from streams.rules.columns import events_table
from streams.rules.evaluation import BUILDERS, evaluate, evaluate_each, judge, rules_of
from streams.rules.explain import Explanation, explain
from streams.rules.facts import Case, Facts, Feed, Issuance, IssuerWarning, Lists, gather, issuance
from streams.rules.loading import Fault, PackFaults, check_files, json_schema, load, shipped, without
from streams.rules.loads import Change, Contribution, LoadWatch, contributions
from streams.rules.machine import Finding, Findings, Transition, denial, lapsed, rebuild, step
from streams.rules.pack import Pack, Rule, Tightening
from streams.rules.predicates import Judged, RuleFailed, RuleFault, judged, truths
from streams.rules.truth import EndReason, Truth, finding_id

__all__ = [
    "BUILDERS",
    "Case",
    "Change",
    "Contribution",
    "Explanation",
    "Facts",
    "Fault",
    "Feed",
    "Finding",
    "Findings",
    "Issuance",
    "IssuerWarning",
    "Lists",
    "LoadWatch",
    "Pack",
    "PackFaults",
    "Rule",
    "Rulebook",
    "Standing",
    "Tightening",
    "Transition",
    "Truth",
    "check_files",
    "contributions",
    "EndReason",
    "Judged",
    "RuleFailed",
    "RuleFault",
    "denial",
    "evaluate",
    "evaluate_each",
    "judged",
    "events_table",
    "explain",
    "finding_id",
    "gather",
    "in_force",
    "issuance",
    "json_schema",
    "judge",
    "lapsed",
    "load",
    "rebuild",
    "rules_of",
    "shipped",
    "step",
    "truths",
    "without",
]
