"""All settings, from the environment, then `.env`, then what was made once in the instance folder. Fails loudly."""

import base64
import ipaddress
import json
import os
import secrets
from pathlib import Path
from typing import Literal, Self

import click
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from models.sealing import Keyring

PROJECT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "qiaomen-demo"  # noqa: S105  (documented demo value, refused in production)
_MADE_FILE = "made.json"
# Sessions are signed with it, and whoever has one session can guess at home.
_LEAST_SECRET = 16
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql+psycopg"})
_PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7"


class Settings(BaseSettings):
    """The settings that `.env.example` explains, prefix `QIAOMEN_`. Frozen; secrets are masked in every printout."""

    model_config = SettingsConfigDict(
        env_prefix="QIAOMEN_",
        env_file=PROJECT / ".env",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # what is refused can be a secret
    )

    mode: Literal["demo", "production"] = "demo"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    instance: Path = PROJECT / "instance"
    public_sets: Path = PROJECT.parent / "shared" / "data"
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    data_keys: SecretStr = SecretStr("")
    cipher: Literal["aes-256-gcm", "sm4-gcm"] = "aes-256-gcm"
    wechat_token: SecretStr = SecretStr("")
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_previous_aes_key: SecretStr = SecretStr("")
    wechat_plaintext: bool = False
    wechat_account: str = ""
    wechat_api_base_url: str = ""
    wechat_template_id: str = ""
    wechat_subscribe_template_id: str = ""
    demo_password: SecretStr = SecretStr(DEMO_PASSWORD)
    public_base_url: str = ""
    admin_networks: str = ""
    proxies: int = Field(default=0, ge=0, le=5)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=32, ge=1, le=256)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("admin_networks")
    @classmethod
    def _networks_can_be_read(cls, value: str) -> str:
        _networks(value)
        return value

    @field_validator("data_keys")
    @classmethod
    def _keys_can_be_read(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            try:
                Keyring.from_base64(value.get_secret_value())
            except ValueError as error:
                msg = "base64 of 32 bytes each, separated by commas"
                raise ValueError(msg) from error
        return value

    @field_validator("database_url")
    @classmethod
    def _database_can_be_read(cls, value: str) -> str:
        try:
            known = not value or make_url(value).drivername in _DRIVERS
        except ArgumentError:
            known = False
        if not known:
            # Never with the value: it can hold a password.
            msg = "an address such as sqlite:////var/lib/qiaomen/q.sqlite3 or postgresql+psycopg://user:password@host/name"
            raise ValueError(msg)
        return value

    @property
    def console_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Networks that may call the console; empty for any.

        In production without the setting, the private ones: functions for staff are limited to where staff sits
        (rules on internet government applications, art. 19).
        """
        return _networks(self.admin_networks or ("" if self.is_demo else _PRIVATE_NETWORKS))

    @model_validator(mode="after")
    def _production_is_whole(self) -> Self:
        """Production refuses to start while a secret is missing or a demo value, naming each."""
        if self.mode != "production":
            return self
        needed: tuple[str, ...] = (
            "secret_key", "data_keys", "database_url", "wechat_token", "wechat_app_id", "wechat_app_secret",
            "wechat_account", "wechat_api_base_url", "public_base_url",
        )  # fmt: skip
        if not self.wechat_plaintext:
            needed += ("wechat_aes_key",)
        if 0 < len(_plain(self.secret_key)) < _LEAST_SECRET:
            msg = f"production cannot start; QIAOMEN_SECRET_KEY has less than {_LEAST_SECRET} characters and can be guessed"
            raise ValueError(msg)
        missing = [f"QIAOMEN_{name.upper()}" for name in needed if not _plain(getattr(self, name))]
        made = _read_made(self.instance)
        demo = [
            f"QIAOMEN_{name.upper()}" for name in needed if name in made and made[name] == _plain(getattr(self, name))
        ]
        if missing or demo:
            parts = [f"missing: {', '.join(missing)}"] if missing else []
            parts += [f"still a demo value: {', '.join(demo)}"] if demo else []
            raise ValueError("production cannot start; " + "; ".join(parts))
        return self

    @property
    def base_url(self) -> str:
        """The address that citizens and staff reach the system by, without a slash at the end."""
        return self.public_base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def shelf(self) -> Path:
        """Where the trained classifiers of this host lie."""
        return self.instance / "classifier"

    @property
    def is_demo(self) -> bool:
        """Whether demo accounts, invented cases and the simulator exist."""
        return self.mode == "demo"


def _networks(value: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


def load_settings() -> Settings:
    """The settings of this process. In demo mode everything that is missing is made once and kept in INSTANCE.

    Raises pydantic.ValidationError with one line for each setting that cannot be used.
    """
    settings = Settings()
    instance = settings.instance if settings.instance.is_absolute() else PROJECT / settings.instance
    if not settings.is_demo:
        return settings.model_copy(update={"instance": instance})
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = _make_once(instance)
    update: dict[str, object] = {"instance": instance}
    for name, value in made.items():
        if not _plain(getattr(settings, name)):
            update[name] = SecretStr(value) if isinstance(getattr(settings, name), SecretStr) else value
    if not settings.database_url:
        update["database_url"] = f"sqlite:///{instance / 'qiaomen.sqlite3'}"
    if not settings.wechat_api_base_url:
        update["wechat_api_base_url"] = f"http://{settings.host}:{settings.port}/simulator/api"
    return settings.model_copy(update=update)


def settings_or_exit() -> Settings:
    """The settings of this process, for a command. Exits with 1 and a line on stderr for each that cannot be used."""
    try:
        return load_settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(map(str, problem["loc"])).upper()
            click.echo(f"QIAOMEN_{name}: {problem['msg']}" if name else problem["msg"], err=True)
        raise SystemExit(1) from None


def _read_made(instance: Path) -> dict[str, str]:
    path = instance / _MADE_FILE
    if not path.exists():
        return {}
    made: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return made


def _make_once(instance: Path) -> dict[str, str]:
    """Secrets of a demo instance: made by the first process, read by all others."""
    path = instance / _MADE_FILE
    if not path.exists():
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "data_keys": base64.b64encode(secrets.token_bytes(32)).decode(),
            "wechat_token": secrets.token_hex(16),
            "wechat_app_id": "wx" + secrets.token_hex(8),
            "wechat_app_secret": secrets.token_hex(16),
            # 43 characters whose last one leaves no stray bits: strict decoders must accept it.
            "wechat_aes_key": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
            "wechat_account": "gh_" + secrets.token_hex(6),
            "wechat_template_id": secrets.token_urlsafe(32),
        }
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made, indent=1), encoding="utf-8")
        try:
            # A hard link fails if another process was first: its values win.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _read_made(instance)
