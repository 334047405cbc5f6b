"""Who may send, and how much."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from streams.intake.rate import Rate
from streams.intake.settings import Settings
from streams.intake.tokens import Token, TokenFault, Tokens, load


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def test_a_bucket_empties_and_fills() -> None:
    rate = Rate(rate=10, burst=20)
    assert rate.wait_s("a", 20, now_s=0) == 0
    assert rate.wait_s("a", 1, now_s=0) == pytest.approx(0.1)
    assert rate.wait_s("b", 1, now_s=0) == 0, "each token has a bucket of its own"
    assert rate.wait_s("a", 10, now_s=1) == 0
    assert rate.wait_s("a", 1, now_s=1) > 0


def test_more_than_a_bucket_goes_through_once_and_leaves_a_debt() -> None:
    rate = Rate(rate=10, burst=20)
    assert rate.wait_s("a", 50, now_s=0) == 0
    assert rate.wait_s("a", 1, now_s=0) == pytest.approx(3.1)
    assert rate.wait_s("a", 1, now_s=3.1) == pytest.approx(0)


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    rate = Rate(rate=10, burst=20)
    assert rate.wait_s("a", 20, now_s=100) == 0
    assert rate.wait_s("a", 1, now_s=50) > 0


def test_the_file_is_json_or_yaml(tmp_path: Path) -> None:
    row = {
        "name": "x",
        "sha256": hashed("secret"),
        "issuers": ["51????-education"],
        "sources": ["//oa/51/*"],
        "areas": ["51"],
    }
    (tmp_path / "t.json").write_text(json.dumps({"tokens": [row]}))
    (tmp_path / "t.yml").write_text(
        f"tokens:\n  - name: x\n    sha256: {hashed('secret')}\n    issuers: ['51????-education']\n"
        "    sources: [//oa/51/*]\n    areas: ['51']\n"
    )
    for path in (tmp_path / "t.json", tmp_path / "t.yml"):
        found = load(path).find("secret")
        assert found is not None
        assert found == Token("x", hashed("secret"), ("51????-education",), ("//oa/51/*",), ("51",))
        assert load(path).find("Secret") is None
        assert load(path).find(hashed("secret")) is None


def test_a_token_speaks_for_its_issuers_only() -> None:
    token = Token("x", hashed("s"), issuers=("51????-education",), sources=("//oa/51/*",), areas=("51",))
    assert token.speaks_for("510100-education")
    assert not token.speaks_for("")
    assert not token.speaks_for("520100-education")
    assert not token.speaks_for("510100-health")
    assert token.speaks_as("//oa/51/education")
    assert not token.speaks_as("//oa/52/education")
    assert token.scope().areas == ("51",)
    everyone = Token("installation", hashed("t"), issuers=("*",), sources=("*",), areas=("",), role="operator")
    assert everyone.speaks_for("000000-office")
    assert everyone.scope().covers("510104017")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tokens: [{name: x, sha256: abc}]", "64 hexadecimal digits"),
        ("tokens: [{name: x}]", "sha256"),
        ("tokens: [{name: x, sha256: abc, colour: red}]", "colour"),
        ("token: []", "unknown field|missing required field"),
        ("tokens: [", "t.yml"),
        ("", "t.yml"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.yml").write_text(text)
    with pytest.raises(TokenFault, match=said):
        load(tmp_path / "t.yml")
    with pytest.raises(TokenFault, match=r"missing\.yml: No such file"):
        load(tmp_path / "missing.yml")


def test_two_tokens_may_not_share_a_name() -> None:
    with pytest.raises(TokenFault, match="stands twice"):
        Tokens((Token("x", hashed("a")), Token("x", hashed("b"))))


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n")
    monkeypatch.setenv("BURDENWATCH_KAFKA", "a:9092,b:9092")
    monkeypatch.setenv("BURDENWATCH_TOKENS_FILE", str(tmp_path / "tokens.json"))
    monkeypatch.setenv("BURDENWATCH_STORE_PASSWORD_FILE", str(tmp_path / "password"))
    settings = Settings()
    assert settings.kafka == "a:9092,b:9092"
    assert settings.store().password == "geheim"
    assert settings.host == "127.0.0.1"
    assert settings.brokers().client() == {"bootstrap_servers": ["a:9092", "b:9092"], "security_protocol": "PLAINTEXT"}
    for wrong in ("a", "a:", ":9092", "a:9092,b"):
        monkeypatch.setenv("BURDENWATCH_KAFKA", wrong)
        with pytest.raises(ValueError, match="is not HOST:PORT"):
            Settings()


def test_what_cost_more_than_it_seemed_is_waited_for() -> None:
    rate = Rate(rate=10, burst=20)
    assert rate.wait_s("a", 20, 0.0) == 0
    rate.charge("a", 90)
    assert rate.wait_s("a", 1, 0.0) == pytest.approx(9.1)
    assert rate.wait_s("b", 20, 0.0) == 0, "another sender waits for nobody"
    assert rate.wait_s("a", 1, 9.2) == 0
    rate.charge("nobody", 5)
    assert rate.wait_s("nobody", 20, 0.0) == 0
