"""The tables that rules speak of: their columns, what each means, and which family each belongs to.

Pure. Flows in: nothing. Flows out: ``TABLES``. ``when`` and ``value`` of a rule may name these columns and no others; a column is null where an
event does not say. docs/rules.md prints these tables, a test holds the two together.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import polars as pl


class Column(NamedTuple):
    """One column: its type and what it holds."""

    type: Any
    means: str


class Table(NamedTuple):
    """One table: what a row is, the family that reads it, its own columns beside COMMON."""

    family: str
    row: str
    columns: dict[str, Column]

    @property
    def schema(self) -> dict[str, Any]:
        """Types of all columns, the common ones first."""
        return {name: one.type for name, one in (COMMON | self.columns).items()}


_TYPES: Final = {
    "text": pl.String,
    "flag": pl.Boolean,
    "count": pl.Int64,
    "number": pl.Float64,
    "instant": pl.Int64,
    "words": pl.List(pl.String),
}


def _columns(text: str) -> dict[str, Column]:
    """Columns from lines of ``name type meaning``."""
    out: dict[str, Column] = {}
    for line in text.strip().splitlines():
        name, kind, means = line.split(maxsplit=2)
        out[name] = Column(_TYPES[kind], means)
    return out


COMMON: Final = {"day": Column(pl.Date, "Shanghai day whose rules apply")} | _columns("""
subject text identity of whom or what the row is about
period text calendar period that the finding belongs to; '' where it belongs to none
area text area code of the issuer (of the unit for loads): decides the packs
place text lowest area that holds all units concerned
issuer text AREA6-LINE of who demanded; '' where nobody in particular did
issuer_level text centre, province, prefecture or county
issuer_line text functional line of the issuer
kind text kind of the demand; '' where the row is of none
to_province flag reaches provinces or their bureaus
to_prefecture flag reaches prefectures or their bureaus
to_county flag reaches counties or their bureaus
to_township flag reaches townships
to_village flag reaches villages
exempting words exemptions that the event itself gives ground for
at_us instant when it came to be: issued, began, ended or was looked at
events words the events that the row is made from, SOURCE#ID; 51 at most
events_in_all count how many they are in all
""")

EVENTS: Final = _columns("""
issuer_body text party, government or mass
directing flag the issuer may direct lower committees and governments: a party or government office
to_division flag reaches committees or governments of divisions, not bureaus of a line
receivers count units reached
title text title
channel text OA, paper, phone, SMS, WeCom ...
confidence text captured, declared, inferred or reported
has_doc_no flag carries a document number; 无, —, 待定 and their like are none; null where it is missing and its source is not known to record it
has_plan flag names a plan item or a filing; null as above
has_assessment flag names a consistency assessment; null as above
has_parent flag relays a superior demand
has_basis flag cites a legal basis, or one of law, centre, province, city or county; null as above
basis_type text law, central, province, city, county or none
emergency flag marked as an emergency
emergency_grounded flag marked as an emergency and says why
demands words what is demanded: report, form, photo, ledger, checkin, attend ...
topics words topics
items count requested data elements
traces count demanded traces: photo, video, screenshot, track, ledger, notes, signature
new_measures flag declares measures of its own
has_resources flag says which resources go with the task; null as above
has_duty_item flag names an item of the duty list; null as above
duty_status text basic, cooperate or withdrawn by the receivers' duty list on the day; 'off-list' when not on it; null without a list
approved_receivers count units that the approved plan item covers; null when not known
delivered_at_work flag delivered within working hours of a workday
lead_working_minutes count working minutes from delivery to deadline, for what is neither recurring nor without deadline
lead_minutes count minutes from delivery to deadline by the clock
start_is_workday flag it begins on a workday
start_weekday count 1 Monday to 7 Sunday of its beginning
start_month_day count day of the month of its beginning
start_month count month of its beginning
start_minute count minute of the day of its beginning
meeting_class text class of a meeting
form text onsite, video or phone
duration_minutes count length of a meeting or inspection; null for an all-day entry, which names no hours
group_discussion flag a meeting with group discussion
longest_speech_minutes count the longest speech
second_speech_minutes count the longest speech beside the main one, which is a principal's or else the longest; null with fewer than two
attendees count persons who must attend per unit
attendees_in_all count the same times the units reached
chair_rank text rank of who chairs: principal (also by post: 县委书记), deputy, or what is written
required_rank text highest rank that must attend: principal (also by post), deputy, either where one may come for the other, or what is written
reach_level text level that a video meeting reaches down to
doc_class text class of a document
direction text down, up or level
char_count count characters of the body
page_count count pages
similarity_to_parent number 0 to 1
requires_followup_doc flag demands a document of the receivers' own
requires_report flag demands a report of implementation
urgency text urgency
inspection_class text class of an inspection
team_size count persons of the team
inspected_place text place
materials count materials requested
trace_criteria count criteria that reward traces, instructions or media pieces
criteria count criteria in all
scoring flag scores are given
grades count grades on the scale
ranking_published flag a ranking is published
third_party flag carried out by a third party
random_check flag lawful random check (双随机)
materials_or_grades flag scoring, grades, ranking, criteria or materials are there
reception_rank text rank that must receive, as required_rank
reception_staff count staff that must receive
claims_statistical flag says that it is a statistical form
marks_missing count of table number, issuing body, approval number and validity, how many are missing; null where the source never shows any
marks_expired flag the validity that a form shows ended before it was issued; null where it shows none
proofs count proofs required
has_registry_no flag an app with a filing number, one on the list of filed apps where there is such a list; null as has_doc_no
owner_level text level of who owns an app
app_form flag an app that collects forms; null where its functions are not told
app_scores count functions of check-in, points, online time, likes or forwards; null where its functions are not told
mandatory flag use is compulsory
install_rate_target number share of installations that is demanded
members count members of a group
instant_reply flag instant replies are demanded
taps count check-ins demanded per person
safety_ground flag a ground of safety is given; null as has_doc_no
night_times count how many times a day a series falls between 21:00 and 6:00; null where it tells no hour
has_catalogue flag stands on the approved catalogue; null as has_doc_no
approver_level text level that approved
indicators count indicators
parent_indicators count indicators of the superior evaluation
veto flag one item may veto the whole
home_level text level that lends staff
host_level text level that borrows
lent_days count days of the secondment as planned
extension_n count extensions
consented flag all who were asked agree; null as has_doc_no
has_approval flag carries an approval number; null as has_doc_no
label text what a secondment calls itself
has_admission flag a plaque with an admission number, one on the list of admitted plaques where there is such a list; null as has_doc_no
list_item text item of the list of certificates that it names
idle_days count days since a group's last activity when the event was sent
quantity number quantity of a target
base number what the target is measured against
parent_quantity number the superior's quantity
""")

PARENTS: Final = _columns("""
parent_issuer text who issued the superior demand
parent_level text its level
parent_kind text its kind
parent_form text form of the superior meeting
levels count levels between the two issuers, at least 1
lead_working_minutes count working minutes from the child's delivery to its deadline
time_lost_minutes count working minutes by which the child's deadline precedes the parent's
time_lost_share number the same as a share of the working time that the parent left at its own issue, per level between
items_added count elements that the parent does not ask for
proofs_added count proofs and traces that the parent does not ask for
occurrences_a_year number of the child, by its recurrence or frequency, 250 for daily; null where it does not say
frequency_ratio number occurrences a year of the child over the parent's; null where one of them does not say how often
target_ratio number quantity of the child over the parent's, per head where both give a base
indicators_added count indicators beyond the parent's
receivers_beyond count units that neither the parent reaches nor lie below one that it reaches
already_reached number share of the child's units that the parent reached itself
days_after number days from the parent's issue to the child's
similarity number similarity of the texts
demands_added count demands beyond the parent's
new_measures flag the child declares measures of its own
chain count levels that held a meeting in the chain from the root up to this one
covered_above flag a video meeting above it in the chain had reached its units
""")

OVERLAPS: Final = _columns("""
other_issuer text who else asks
same_issuer flag both are of one issuer
containment number share of this request's elements that the other, still open, asks for too
union_containment number the same for all other open requests that meet at one unit, together
others count how many these are
jaccard number shared elements over all elements of both
shared count shared elements
units count units that both reach
""")
HELD: Final = _columns("""
held count requested elements that another agency holds with sharing open
held_share number the same as a share of the elements
holders words who holds them
""")
COLLISIONS: Final = _columns("""
other_issuer text who else calls
other_kind text kind of the other demand
overlap_minutes count minutes in which both take place
gap_minutes count minutes between them when they do not overlap
posts_shared count posts required by both; null where one does not say
topics_shared count topics of both
units count units that both reach
units_share number of the smaller reach
""")
VISITS: Final = _columns("""
visits count inspections of one unit or place within 30 days up to this one
teams count issuers among them
same_class count of the same class among them
same_day count issuers that come to that unit on the same day
same_matter count issuers among them with the same class and a topic in common: they could have come together
spot text unit or place
""")
BURSTS: Final = _columns("""
requests count requests of one issuer to one unit in one week, at the unit that gets most
unit text that unit
""")
SPLITS: Final = _columns("""
parts count requests of one issuer to the same units, of the same name but for numerals, within 3 workdays
items count elements of all parts together
""")
QUOTAS: Final = _columns("""
what text KIND, KIND:CLASS or app:grassroots
used count issued this year up to now, exempt and upward ones left out
plan count as planned; null without a plan
cap count as capped; null without a cap
last_year count issued last year up to the same workday; null when last year was not watched from its beginning
elapsed number share of the year's workdays that have passed
burn number used over cap (or plan), over elapsed
burn_30d number the same rate over the last 30 days
projected count projected by the end of the year
projected_low count lower end (95 %)
projected_high count upper end (95 %)
breach_us instant when the cap is projected to be passed; null when not this year
breach_early_us instant earliest (95 %)
breach_late_us instant latest (95 %); null when perhaps not this year
busy_weeks count weeks of the year in which at least one took place
""")
OUTCOMES: Final = _columns("""
class text class of the meeting or inspection
workdays_since_end count whole workdays since it ended
has_outcome flag an outcome was filed, be it late; null where there is none and its source never filed one
decisions count decisions of the outcome; null as has_outcome
occurrences count occurrences of a series that are over; 1 for a single meeting
undecided_like count earlier meetings of the issuer with more than 80 % of the agenda in common, or of the series, in a row, without a decision
""")
STANDING: Final = _columns("""
age_days count days since it began; null where it does not say when
idle_days count days since the last sign of life, for groups that tell it
extension_n count extensions
overdue_days count days past the planned end
""")
FEEDS: Final = _columns("""
quiet_working_minutes count working minutes since the feed's last event
mean_gap_minutes number usual working minutes between its events
longest_gap_minutes count longest working minutes between two of its events so far
deviations number standard deviations by which the silence exceeds the usual gap
""")
CASES: Final = _columns("""
workdays_open count workdays since the case waits for its present step
stage text explain or decide
""")
SHIFTS: Final = _columns("""
window_days count length of each of the two windows that are compared, the later ending now
numbered_before count numbered documents and requests in the earlier window
numbered count the same in the later window
unnumbered_before count demands without a number in the earlier window
unnumbered count the same in the later window
points number percentage points by which the share without a number rose
deviations number the same in standard deviations of the difference of two shares
off_hours_points number percentage points by which the share of meetings off working hours rose
off_hours_deviations number the same in standard deviations
retitled_points number percentage points by which the share of 专题会, 推进会, 调度会 among meetings rose
retitled_deviations number the same in standard deviations
feeds_before count feeds that brought this issuer's events in the earlier window
feeds count the same in the later window
""")
REBOUNDS: Final = _columns("""
what text kind that the warning was about, KIND:off-plan, or all
before count demands in the six months before the warning, withdrawn ones included
after count demands since, six months at most
ratio number after over before
workdays_after count workdays since
""")
CORRECTIONS: Final = _columns("""
void flag the demands count nothing from now on
restated count demands that are restated
has_ground flag a ground is given
""")
UNITS: Final = _columns("""
metric text what is measured
level number level that applies to the unit
""")

TABLES: Final[dict[str, Table]] = {
    "events": Table("event", "one issued demand", EVENTS),
    "corrections": Table("event", "one upheld appeal", CORRECTIONS),
    "parents": Table("relation", "one demand that relays a superior one", PARENTS),
    "overlaps": Table("relation", "one request and one other still open that reaches the same units", OVERLAPS),
    "held": Table("relation", "one request whose elements somebody holds", HELD),
    "collisions": Table(
        "relation",
        "two meetings or inspections that concern the same units and name a post or topic in common",
        COLLISIONS,
    ),
    "visits": Table("relation", "one inspection and those before it at the same place", VISITS),
    "bursts": Table("relation", "one issuer and one week", BURSTS),
    "splits": Table("relation", "one demand issued in parts", SPLITS),
    "quotas": Table("quota", "one issuer, one sort of demand, one year", QUOTAS),
    "shifts": Table("quota", "one issuer and one quarter against the one before", SHIFTS),
    "rebounds": Table("quota", "one issuer after a warning", REBOUNDS),
    "outcomes": Table("absence", "one meeting that has ended", OUTCOMES),
    "standing": Table("absence", "one secondment, group or app that has not ended", STANDING),
    "feeds": Table("absence", "one source of events", FEEDS),
    "cases": Table("absence", "one case that waits for somebody", CASES),
    "units": Table("load", "one unit (evaluated in numpy; when and value are not used)", UNITS),
}
