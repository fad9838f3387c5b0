from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient

from simulator import SimulatorSettings, make_blueprints
from simulator.platform import Platform
from simulator.store import Store
from tests.unit.simulator.fakes import ACCOUNT, PAGE, WEBHOOK, Clock, Webhook


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.POST, WEBHOOK, callback=webhook)
        yield webhook


@pytest.fixture
def settings(tmp_path: Path) -> SimulatorSettings:
    return SimulatorSettings(
        webhook_url=WEBHOOK,
        token="tok3n",
        app_id="wx1",
        app_secret="s3cret",
        aes_key="",
        account=ACCOUNT,
        store_path=tmp_path / "simulator.sqlite3",
    )


@pytest.fixture
def make_client(settings: SimulatorSettings, clock: Clock) -> Callable[..., FlaskClient]:
    """A browser on a simulator whose platform reports at once."""

    def make(**changes: str) -> FlaskClient:
        app = Flask("demo")
        for blueprint in make_blueprints(replace(settings, **changes), clock=clock, later=lambda job: job()):
            app.register_blueprint(blueprint)
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


@pytest.fixture
def platform(settings: SimulatorSettings, clock: Clock) -> Platform:
    return Platform(Store(settings.store_path), clock)


@pytest.fixture
def act(client: FlaskClient) -> Callable[..., int]:
    """Does something as a citizen; gives back the HTTP status."""

    def act(openid: str, action: str, **body: object) -> int:
        return client.post(f"/simulator/personas/{openid}/{action}", json=body, headers=PAGE).status_code

    return act


@pytest.fixture
def openid(client: FlaskClient, platform: Platform) -> str:
    """Somebody who follows the account already."""
    person = platform.personas()[0].openid
    platform.set_followed(person, followed=True)
    return person
