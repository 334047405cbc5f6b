"""The smaller sorts of demand: groups, apps, check-ins, evaluations, pilots, secondments, plaques, certificates and targets.

Pure. Flows in: an office, an instant, a maker. Flows out: events into its sink. All are lawful: registered, filed, admitted, with consent.
"""

from __future__ import annotations

from typing import Final

from streams.simulate import words
from streams.simulate.choosing import BOTH, TOWNS, VILLAGES, day_of, deadline, later
from streams.simulate.demands import Maker
from streams.simulate.places import Office
from streams.simulate.sink import Sent, at, iso

WORKDAYS: Final = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def _titled(maker: Maker, office: Office, titles: tuple[str, ...], year: int = 0) -> str:
    title = titles[int(maker.draw() * len(titles))]
    return title.format(s=maker.subject(office), a=office.place.name, y=year)


def group(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A work group that lasts about half a year."""
    draw = maker.draw
    target = maker.reach(office, direct, BOTH if draw() < 0.4 else TOWNS)
    start = at(later(day_of(t_us), 1), 34_200)
    data = maker.head(office, _titled(maker, office, words.GROUP_TITLES), target.reach, "WeCom")
    data += (
        f',"starts_at":"{iso(start)}","recurrence":"{WORKDAYS};COUNT=120","members":{2 + int(draw() * 4)},'
        f'"posts_per_day":{1 + int(draw() * 5)},"instant_reply":false,"dissolve_by_at":"{iso(deadline(t_us, 120))}"}}'
    )
    return maker.sink.issue("group", office, t_us, data, unit=target.unit, minutes=10, standing=True)


def app(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A registered app without forms, check-ins or points."""
    draw = maker.draw
    target = maker.reach(office, direct, TOWNS)
    data = maker.head(office, _titled(maker, office, words.APP_TITLES), target.reach, "app")
    data += (
        f',"registry_no":"APP-{int(draw() * 9e5) + 100_000}","owner_level":"{office.place.level}","audience":"grassroots",'
        f'"functions":["query","message"],"mandatory":false,"users_per_unit":{2 + int(draw() * 10)},"minutes_per_day":{1 + int(draw() * 4)}}}'
    )
    return maker.sink.issue("app", office, t_us, data, unit=target.unit, minutes=120)


def checkin(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A check-in on every workday of about a year, on a ground of safety."""
    draw = maker.draw
    target = maker.reach(office, direct, BOTH if draw() < 0.3 else TOWNS)
    ground = words.SAFETY_GROUNDS[int(draw() * 5)]
    start = at(later(day_of(t_us), 1), 31_500)
    data = maker.head(office, _titled(maker, office, words.CHECKIN_TITLES), target.reach, "app")
    data += (
        f',"starts_at":"{iso(start)}","recurrence":"{WORKDAYS};COUNT=250","demands":["checkin"],"people":{1 + int(draw() * 3)},'
        f'"taps":{1 + int(draw() * 3)},"safety_ground":"{ground}"}}'
    )
    return maker.sink.issue("checkin", office, t_us, data, unit=target.unit, minutes=3, standing=True)


def evaluation(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """An evaluation of the approved catalogue."""
    draw = maker.draw
    target = maker.reach(office, direct, TOWNS)
    year = day_of(t_us).year
    indicators = 8 + int(draw() * 25)
    data = maker.head(office, _titled(maker, office, words.EVALUATION_TITLES, year), target.reach, "OA")
    data += (
        f',"catalogue_id":"ML-{int(draw() * 900) + 100}","approver_level":"province","indicators":{indicators},'
        f'"parent_indicators":{indicators + int(draw() * 5)},"veto":false,"period":"{year}","ranking_published":false}}'
    )
    return maker.sink.issue("evaluation", office, t_us, data, unit=target.unit, minutes=indicators * 30)


def pilot(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A pilot of the approved catalogue."""
    draw = maker.draw
    target = maker.reach(office, direct, TOWNS)
    data = maker.head(office, _titled(maker, office, words.PILOT_TITLES), target.reach, "OA")
    data += (
        f',"catalogue_id":"SD-{int(draw() * 900) + 100}","approver_level":"province","indicators":{5 + int(draw() * 10)},'
        f'"visits":{int(draw() * 3)},"period":"{day_of(t_us).year}"}}'
    )
    return maker.sink.issue("pilot", office, t_us, data, unit=target.unit, minutes=600)


def secondment(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:  # noqa: ARG001 -- one signature for all
    """A formal posting of one township's cadre, with order and consent, for at most half a year."""
    draw = maker.draw
    unit = maker.everyone(office, TOWNS).unit
    reach = f'{{"units":["{unit}"]}}' if unit else f'{{"areas":{office.place.whole},"tiers":["township"]}}'
    start = at(later(day_of(t_us), 3), 32_400)
    data = maker.head(office, _titled(maker, office, words.SECONDMENT_TITLES), reach, "paper")
    data += (
        f',"starts_at":"{iso(start)}","planned_end_at":"{iso(deadline(start, 40 + int(draw() * 70)))}","home_level":"township",'
        f'"host_level":"{office.place.level}","people":1,"extension_n":0,"consent_unit":true,"consent_person":true,'
        f'"approval_no":"GZ-{int(draw() * 9e4) + 10_000}","label":"挂职"}}'
    )
    return maker.sink.issue("secondment", office, t_us, data, unit=unit, minutes=9_600)


def plaque(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """An admitted plaque for villages."""
    target = maker.reach(office, direct, VILLAGES if maker.draw() < 0.7 else BOTH)
    data = maker.head(office, _titled(maker, office, words.PLAQUE_TITLES), target.reach, "paper")
    data += f',"admission_no":"ZR-{int(maker.draw() * 9e4) + 10_000}","plaque_class":"服务"}}'
    return maker.sink.issue("plaque", office, t_us, data, minutes=60)


def certificate(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A certificate of the permitted list."""
    target = maker.reach(office, direct, VILLAGES if maker.draw() < 0.7 else BOTH)
    data = maker.head(office, _titled(maker, office, words.CERTIFICATE_TITLES), target.reach, "paper")
    cases = 1 + int(maker.draw() * 12)
    data += f',"certificate_class":"保留","list_item":"POS-{int(maker.draw() * 12) + 1:02d}","cases":{cases}}}'
    return maker.sink.issue("certificate", office, t_us, data, minutes=cases * 20)


def target(maker: Maker, office: Office, t_us: int, direct: float) -> Sent:
    """A quantity that is not above the superior's and within what the base allows."""
    draw = maker.draw
    reached = maker.reach(office, direct, TOWNS)
    base = 100 + int(draw() * 900)
    quantity = round(base * (0.2 + 0.6 * draw()))
    data = maker.head(office, _titled(maker, office, words.TARGET_TITLES, day_of(t_us).year), reached.reach, "OA")
    data += (
        f',"quantity":{quantity},"measure":"户","base":{base},"parent_quantity":{quantity + int(draw() * 20)},'
        f'"due_at":"{iso(deadline(t_us, 60))}","allocation_rule":"按基数比例分配"}}'
    )
    return maker.sink.issue("target", office, t_us, data, unit=reached.unit, minutes=240)


MATTERS: Final = {
    "group": group,
    "app": app,
    "checkin": checkin,
    "evaluation": evaluation,
    "pilot": pilot,
    "secondment": secondment,
    "plaque": plaque,
    "certificate": certificate,
    "target": target,
}
