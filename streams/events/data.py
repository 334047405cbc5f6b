"""What stands in ``data``, by kind and verb: the fields that load and rules need. Unknown fields are kept in the body, not here.

Pure. Flows in: nothing. Flows out: msgspec structs; every text and list has a bound, every instant an offset.
Source of the fields: the contract (section 1) and the domain's tables 4.2 and 4.3.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, overload

import msgspec
from msgspec import Meta

from streams.events.model import Effort, Minutes, Reach, Ref

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
Instant = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(max_length=2_000)]
LongText = Annotated[str, Meta(max_length=20_000)]
Word = Annotated[str, Meta(max_length=200)]
Texts = Annotated[tuple[Text, ...], Meta(max_length=1_000)]
Count = Annotated[int, Meta(ge=0, le=100_000_000)]
Share = Annotated[float, Meta(ge=0, le=1)]
IssuerCode = Annotated[str, Meta(pattern=r"^[0-9]{6}-[a-z][a-z0-9-]{0,39}$")]
Basis = Literal["law", "central", "province", "city", "county", "none"]
Channel = Literal["OA", "paper", "phone", "SMS", "WeCom", "DingTalk", "Feishu", "app", "meeting", "other"]
Reference = Annotated[str, Meta(min_length=1, max_length=200)] | Ref


def moment_of(time_us: int) -> datetime:
    """The instant of some microseconds UTC; ``us`` the other way round."""
    return EPOCH + timedelta(microseconds=time_us)


def us(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware instant."""
    return (moment - EPOCH) // _TICK


@overload
def effort_of(declared: int | Effort) -> Effort: ...
@overload
def effort_of(declared: int | Effort | None) -> Effort | None: ...
def effort_of(declared: int | Effort | None) -> Effort | None:
    """A declared effort as an interval: a plain number means low = likely = high."""
    return Effort(declared, declared, declared) if isinstance(declared, int) else declared


class Item(msgspec.Struct, frozen=True):
    """One requested data element."""

    element: Annotated[str, Meta(min_length=1, max_length=200)]
    period: Word | None = None
    granularity: Word | None = None
    caliber: Word | None = None


class Speech(msgspec.Struct, frozen=True):
    """One speech of a meeting."""

    rank: Word | None = None
    minutes: Minutes | None = None


class Attendance(msgspec.Struct, frozen=True):
    """Who of a receiving unit must come."""

    post: Word | None = None
    rank: Word | None = None
    count: Count = 1


class Issued(msgspec.Struct, frozen=True):
    """What every issued event may carry, whatever its kind."""

    issuer: IssuerCode
    title: Annotated[str, Meta(min_length=1, max_length=500)]
    reach: Reach
    doc_no: Word | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    deadline_at: Instant | None = None
    delivered_at: Instant | None = None
    recurrence: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    effort_minutes: Minutes | Effort | None = None
    parent_id: Reference | None = None
    root_id: Reference | None = None
    demands: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    items: Annotated[tuple[Item, ...], Meta(max_length=5_000)] = ()
    topic: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    duty_item_code: Word | None = None
    plan_item_id: Word | None = None
    filing_id: Word | None = None
    consistency_assessment_id: Word | None = None
    basis_type: Basis | None = None
    legal_basis: Text | None = None
    emergency: bool = False
    emergency_ground: Text | None = None
    secrecy: Word | None = None
    channel: Channel | None = None
    frequency: Word | None = None
    source_system: Word | None = None
    evidence_hash: Word | None = None
    confidence: Literal["captured", "declared", "inferred", "reported"] | None = None
    new_measures: bool | None = None
    resources: Text | None = None

    @property
    def effort(self) -> Effort | None:
        """The declared effort, None when none is declared."""
        return effort_of(self.effort_minutes)

    @property
    def starts_us(self) -> int | None:
        """``starts_at`` in microseconds; None means the event's own time."""
        return None if self.starts_at is None else us(self.starts_at)

    @property
    def deadline_us(self) -> int | None:
        """``deadline_at`` in microseconds."""
        return None if self.deadline_at is None else us(self.deadline_at)


class Meeting(Issued, frozen=True):
    """A meeting that units must attend."""

    meeting_class: Word | None = None
    planned_start_at: Instant | None = None
    planned_end_at: Instant | None = None
    duration_minutes: Minutes | None = None
    form: Literal["onsite", "video", "phone"] | None = None
    reach_level: Word | None = None
    attendees: Count | None = None
    attendees_required: Annotated[tuple[Attendance, ...], Meta(max_length=200)] = ()
    required_attendee_rank: Word | None = None
    chair_rank: Word | None = None
    speeches: Annotated[tuple[Speech, ...], Meta(max_length=200)] = ()
    agenda: Texts = ()
    group_discussion: bool = False
    travel_minutes: Minutes | None = None
    prep_minutes: Minutes | None = None
    merged_into: Reference | None = None

    @property
    def planned_start_us(self) -> int:
        """When it begins as planned; 0 where only its length is known."""
        begin = self.planned_start_at or self.starts_at
        return 0 if begin is None else us(begin)

    @property
    def planned_end_us(self) -> int | None:
        """When it ends as planned, from its length where no end is given."""
        end = self.planned_end_at or self.ends_at
        if end is not None:
            return us(end)
        return None if self.duration_minutes is None else self.planned_start_us + self.duration_minutes * 60_000_000


class Document(Issued, frozen=True):
    """A document that units must read and act upon."""

    doc_class: Word | None = None
    direction: Literal["down", "up", "level"] | None = None
    char_count: Count | None = None
    page_count: Count | None = None
    attachments: Count | None = None
    readers: Count | None = None
    urgency: Word | None = None
    similarity_to_parent: Share | None = None
    requires_followup_doc: bool = False
    requires_report: bool = False
    text_demands: Texts = ()


class Inspection(Issued, frozen=True):
    """An inspection, supervision or visit."""

    inspection_class: Word | None = None
    plan_item: Word | None = None
    team_size: Count | None = None
    place: Word | None = None
    duration_minutes: Minutes | None = None
    notice_hours: Count | None = None
    reception_staff: Count | None = None
    reception_rank: Word | None = None
    materials_requested: Texts = ()
    criteria: Texts = ()
    scoring: bool = False
    grades: Texts = ()
    ranking_published: bool = False
    third_party: bool = False
    random_check: bool = False

    @property
    def start_us(self) -> int:
        """When it begins; 0 where only its length is known."""
        return 0 if self.starts_at is None else us(self.starts_at)

    @property
    def end_us(self) -> int | None:
        """When it ends, from its length where no end is given."""
        if self.ends_at is not None:
            return us(self.ends_at)
        return None if self.duration_minutes is None else self.start_us + self.duration_minutes * 60_000_000


class Request(Issued, frozen=True):
    """A form, report or data request."""

    rows_expected: Count | None = None
    minutes_per_item: Minutes | None = None
    approvals: Count | None = None
    prefilled_share: Share | None = None
    reference_period: Word | None = None
    table_no: Word | None = None
    issuing_body: Word | None = None
    approval_no: Word | None = None
    valid_to: Word | None = None
    claims_statistical: bool = False
    proof_required: Texts = ()
    system: Word | None = None
    resubmissions: Count | None = None
    return_reason: Text | None = None


class App(Issued, frozen=True):
    """A government app, mini-program or account that units must use."""

    registry_no: Word | None = None
    owner_level: Word | None = None
    audience: Word | None = None
    functions: Texts = ()
    mandatory: bool = False
    install_rate_target: Share | None = None
    users_per_unit: Count | None = None
    minutes_per_day: Minutes | None = None


class Group(Issued, frozen=True):
    """A work group (chat)."""

    members: Count | None = None
    posts_per_day: Count | None = None
    last_activity_at: Instant | None = None
    dissolve_by_at: Instant | None = None
    instant_reply: bool = False


class Checkin(Issued, frozen=True):
    """A check-in, photo or trace that units must leave."""

    people: Count | None = None
    taps: Count | None = None
    traces: Texts = ()
    safety_ground: Text | None = None


class Evaluation(Issued, frozen=True):
    """An assessment, ranking or up-to-standard activity."""

    catalogue_id: Word | None = None
    approver_level: Word | None = None
    indicators: Count | None = None
    parent_indicators: Count | None = None
    veto: bool = False
    period: Word | None = None
    units_ranked: Count | None = None
    ranking_published: bool = False


class Pilot(Issued, frozen=True):
    """A pilot, demonstration or creation activity."""

    catalogue_id: Word | None = None
    approver_level: Word | None = None
    indicators: Count | None = None
    visits: Count | None = None
    period: Word | None = None


class Secondment(Issued, frozen=True):
    """Staff lent upwards."""

    post_class: Word | None = None
    home_level: Word | None = None
    host_level: Word | None = None
    people: Count | None = None
    planned_end_at: Instant | None = None
    extension_n: Count | None = None
    consent_unit: bool | None = None
    consent_person: bool | None = None
    approval_no: Word | None = None
    label: Word | None = None


class Plaque(Issued, frozen=True):
    """A plaque that units must hang."""

    admission_no: Word | None = None
    plaque_class: Word | None = None


class Certificate(Issued, frozen=True):
    """A certificate that villages must issue."""

    certificate_class: Word | None = None
    list_item: Word | None = None
    cases: Count | None = None


class Target(Issued, frozen=True):
    """A quantity that units must reach."""

    quantity: float | None = None
    measure: Word | None = None
    base: float | None = None
    due_at: Instant | None = None
    parent_quantity: float | None = None
    allocation_rule: Text | None = None


ISSUED: Final[dict[str, type[Issued]]] = {
    "meeting": Meeting,
    "document": Document,
    "inspection": Inspection,
    "request": Request,
    "app": App,
    "group": Group,
    "checkin": Checkin,
    "evaluation": Evaluation,
    "pilot": Pilot,
    "secondment": Secondment,
    "plaque": Plaque,
    "certificate": Certificate,
    "target": Target,
}
