"""The whole application behind a test client, with a suggester that costs nothing: for tests that throw many requests."""

import base64
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.factory import assemble
from app.parts import build_system
from app.settings import Settings
from domain.terms import Role
from models import Attachment, Case, InboundMessage, Report, Reporter
from models.sealing import current_keyring, use_keyring
from tests.fakes import ScriptedSuggester

PASSWORD = "a long password"


class Target:
    """An application in `folder`, on a copy of the migrated database `template`."""

    def __init__(self, folder: Path, template: Path, *, csrf: bool = True) -> None:
        shutil.copy(template, folder / "qiaomen.sqlite3")
        settings = Settings(
            instance=folder, database_url=f"sqlite:///{folder / 'qiaomen.sqlite3'}", secret_key="s" * 32,
            wechat_token="token", wechat_app_id="wx1", wechat_app_secret="s", wechat_account="gh_1",
            data_keys=base64.b64encode(secrets.token_bytes(32)).decode(), wechat_api_base_url="http://127.0.0.1:1/none",
        )  # fmt: skip
        self.folder = folder
        self.system = build_system(settings, suggester=ScriptedSuggester())
        self.app = assemble(self.system)
        self.app.config["WTF_CSRF_ENABLED"] = csrf

    def kept(self) -> dict[str, int]:
        """How much is stored, by kind."""
        with self.system.transact(read_only=True) as services:
            rows = {
                table.__tablename__: services.session.scalar(select(func.count()).select_from(table)) or 0
                for table in (InboundMessage, Reporter, Case, Report, Attachment)
            }
        files = [path for path in (self.folder / "attachments").rglob("*") if path.is_file()]
        return {**rows, "files": len(files)}

    def hire(self, role: Role, body: str | None = None) -> None:
        """An account that is named like its role."""
        with self.system.transact() as services:
            services.staff.create(username=role.value, display_name=role.value, role=role, body=body, password=PASSWORD)


@contextmanager
def aimed_at(folder: Path, template: Path, *, csrf: bool = True) -> Iterator[Target]:
    """A target for a while; the settings of this machine and the keys of the test run stay out of it."""
    before = current_keyring()
    patch = pytest.MonkeyPatch()
    patch.setattr("app.settings.Settings.model_config", {**Settings.model_config, "env_file": None})
    made = Target(folder, template, csrf=csrf)
    try:
        yield made
    finally:
        patch.undo()
        made.system.engine.dispose()
        use_keyring(before)


class Visitor:
    """A browser without JavaScript on the public pages."""

    def __init__(self, target: Target) -> None:
        self._browser = target.app.test_client()

    def post(self, path: str, *, form: str = "/report", **values: str) -> TestResponse:
        """Fills in the form and sends it."""
        page = self._browser.get(form).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        return self._browser.post(path, data={"csrf_token": token.group(1), **values})

    def reports(self, **values: str) -> TestResponse:
        """An anonymous report."""
        story = "城管的协管员每个月来店里收五十块钱，没有票，不交就把东西收走。"
        return self.post("/report", **{"statement": story, "signing": "anonymous", "agreed": "1", **values})
