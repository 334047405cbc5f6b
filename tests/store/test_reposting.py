"""A registry with other ranks: what was posted is posted anew, and a start that would lose a unit is refused and changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from clickhouse_connect.driver.client import Client

from streams.registry import Registry, load
from streams.registry.importing import import_files
from streams.store.reposting import UnitsLost, is_to_repost, issued_keys, ranks_of, reposted, settle_registry
from tests.store.stored import event, put, us_at

pytestmark = pytest.mark.store

HEAD = "code,name,tier,line,staff,valid_from,valid_to\n"
REACH = {"areas": [], "tiers": [], "units": ["510104900"]}


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The nation and one more township."""
    place = tmp_path_factory.mktemp("own")
    rows = place / "rows.csv"
    rows.write_text(HEAD + "510104900,新设镇,township,,12,,\n", encoding="utf-8")
    import_files([rows], place / "registry", date(2026, 3, 2))
    return load(place / "registry")


def test_ranks_are_named_by_what_stands_where(wider: Registry) -> None:
    assert ranks_of(load()) == ranks_of(load())
    assert ranks_of(load()) != ranks_of(wider)


def test_a_new_registry_posts_all_anew_and_a_poorer_one_is_refused(migrated: Client, wider: Registry) -> None:
    now_us = us_at(1)
    assert not settle_registry(migrated, load(), now_us), "the first start notes what there is"
    assert settle_registry(migrated, wider, now_us + 10)
    assert is_to_repost(migrated)
    put(migrated, [event("a", "request.issued", issuer="510104-education", title="x", reach=REACH)])
    assert len(issued_keys(migrated)) == 1
    reposted(migrated, now_us + 20)
    assert not settle_registry(migrated, wider, now_us + 30)
    assert not is_to_repost(migrated)
    with pytest.raises(UnitsLost, match="510104900"):
        settle_registry(migrated, load(), now_us + 40)
    assert not is_to_repost(migrated), "nothing was changed"
    assert not settle_registry(migrated, wider, now_us + 50)
