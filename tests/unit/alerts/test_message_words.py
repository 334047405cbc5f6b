"""Messages name places and bodies, and say measures with their units: as the notifier writes them, no code stands in them but the link's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from streams.agents.notifier.notifier import words_of
from streams.alerts.message import Language, render
from streams.alerts.model import MAX_LISTED, Notification, Recipient, Told
from streams.desk.findings import rulebook
from streams.registry import load

CODE = re.compile(r"\d{6}-[a-z]|\b\d{6}(\d{3}){0,2}\b|event://|//oa\.|R\d\d-")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_names_whom_it_is_about(language: Language) -> None:
    book, registry = rulebook(), load()
    pack = next(one for one in book.packs if one.name == "national")
    short = next(rule for rule in pack.rules if rule.id == "R11-short-notice")
    told = Told(
        "f" * 32, short.id, "event://oa.example.cn/office#e-1", "510104", "510104-education", short.layer, "low", 45.0, 480.0, "firing",
        1, pack.edition,
    )  # fmt: skip
    one = Notification(
        "n", Recipient("510104-education", "issuer"), "firing", "g", 1, 1, (told, replace(told, place="")), 2, "", ()
    )
    assert len(one.told) <= MAX_LISTED
    said = render(one, words_of(book, registry, ""), language)
    assert not CODE.search(said.title + said.text), said
    assert "锦江区" in said.text
    assert ("锦江区教育局" if language == "zh" else "Education Bureau, 锦江区") in said.text
