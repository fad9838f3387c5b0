import base64

import pytest
from pydantic import ValidationError

from app.settings import Settings, load_settings, settings_or_exit

ONE_KEY = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def instance(tmp_path, monkeypatch):
    monkeypatch.setenv("QIAOMEN_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def test_a_demo_makes_its_secrets_once_and_keeps_them(instance):
    assert load_settings() == load_settings()
    assert len(base64.b64decode(load_settings().data_keys.get_secret_value())) == 32


def test_what_was_made_is_readable_by_its_owner_only(instance):
    load_settings()

    assert (instance / "made.json").stat().st_mode & 0o077 == 0


def test_the_environment_wins_over_what_was_made(instance, monkeypatch):
    load_settings()
    monkeypatch.setenv("QIAOMEN_WECHAT_TOKEN", "from-the-environment")

    assert load_settings().wechat_token.get_secret_value() == "from-the-environment"


def test_secrets_are_masked_when_settings_are_printed(instance):
    settings = load_settings()

    assert settings.secret_key.get_secret_value() not in repr(settings)


def test_production_names_every_missing_setting(instance, monkeypatch):
    monkeypatch.setenv("QIAOMEN_MODE", "production")

    with pytest.raises(ValidationError) as refused:
        load_settings()
    for name in (
        "SECRET_KEY",
        "DATA_KEYS",
        "DATABASE_URL",
        "WECHAT_TOKEN",
        "WECHAT_APP_SECRET",
        "WECHAT_AES_KEY",
        "PUBLIC_BASE_URL",
    ):
        assert f"QIAOMEN_{name}" in str(refused.value)


def test_no_secret_is_told_when_settings_are_refused(instance, monkeypatch, capsys):
    monkeypatch.setenv("QIAOMEN_MODE", "production")
    monkeypatch.setenv("QIAOMEN_WECHAT_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")

    with pytest.raises(SystemExit):
        settings_or_exit()
    told = capsys.readouterr().err
    assert "QIAOMEN_DATA_KEYS" in told
    assert "ABCDEFG" not in told
    with pytest.raises(ValidationError) as refused:
        load_settings()
    assert "ABCDEFG" not in str(refused.value)


def test_production_refuses_a_value_that_was_made_for_the_demo(instance, monkeypatch):
    made = load_settings()
    monkeypatch.setenv("QIAOMEN_MODE", "production")
    monkeypatch.setenv("QIAOMEN_SECRET_KEY", made.secret_key.get_secret_value())

    with pytest.raises(ValidationError, match=r"still a demo value: QIAOMEN_SECRET_KEY"):
        load_settings()


@pytest.mark.parametrize("seal", [{"wechat_aes_key": "k"}, {"wechat_plaintext": True}])
def test_production_starts_when_everything_is_there(tmp_path, seal):
    settings = Settings(
        mode="production", instance=tmp_path, secret_key="s" * 16, data_keys=ONE_KEY, database_url="sqlite://", wechat_token="t",
        wechat_app_id="a", wechat_app_secret="s", wechat_account="gh_1", wechat_api_base_url="https://api.weixin.qq.com",
        public_base_url="https://example.invalid/", **seal,
    )  # fmt: skip

    assert (settings.is_demo, settings.base_url) == (False, "https://example.invalid")


@pytest.mark.parametrize(("name", "value"), [("PORT", "0"), ("PORT", "abc"), ("MODE", "test"), ("WORKERS", "-1")])
def test_a_setting_that_cannot_be_is_refused(instance, monkeypatch, name, value):
    monkeypatch.setenv(f"QIAOMEN_{name}", value)

    with pytest.raises(ValidationError):
        load_settings()


def test_production_refuses_a_secret_that_can_be_guessed(instance, monkeypatch):
    monkeypatch.setenv("QIAOMEN_MODE", "production")
    monkeypatch.setenv("QIAOMEN_SECRET_KEY", "short")

    with pytest.raises(ValidationError, match="QIAOMEN_SECRET_KEY has less than 16 characters"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATA_KEYS", "abc"),
        ("DATA_KEYS", base64.b64encode(b"hunter2-too-short").decode()),
        ("DATABASE_URL", "nonsense-hunter2"),
        ("DATABASE_URL", "postgresql+psycopg//u:hunter2@h/x"),
        ("DATABASE_URL", "mysql://u:hunter2@h/x"),
    ],
)
def test_a_key_or_address_that_cannot_be_read_is_named_without_its_value(instance, monkeypatch, capsys, name, value):
    monkeypatch.setenv(f"QIAOMEN_{name}", value)

    with pytest.raises(SystemExit):
        settings_or_exit()
    told = capsys.readouterr().err
    assert told.startswith(f"QIAOMEN_{name}: ")
    assert value not in told
