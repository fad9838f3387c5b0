"""Demo mode's WeChat: a chat page and the platform's API. An outsider that knows the documented protocol and nothing of ours."""

import threading
import time
from collections.abc import Callable

from flask import Blueprint

from simulator.api import make_api_blueprint
from simulator.credentials import Credentials
from simulator.demo import load_demo
from simulator.platform import Platform
from simulator.pushes import Pusher
from simulator.settings import SimulatorSettings
from simulator.store import Store
from simulator.views import make_page_blueprint

__all__ = ["SimulatorSettings", "make_blueprints"]


def _in_thread(job: Callable[[], None]) -> None:
    threading.Thread(target=job, daemon=True).start()


def make_blueprints(
    settings: SimulatorSettings,
    *,
    clock: Callable[[], float] = time.time,
    later: Callable[[Callable[[], None]], None] = _in_thread,
) -> list[Blueprint]:
    """The chat page under `/simulator` and the API under `/simulator/api`. Neither asks for a sign-in or a form token.

    `clock` gives seconds since 1970; `later` runs what the platform does after it has answered.
    """
    store = Store(settings.store_path)
    demo = load_demo()
    platform = Platform(store, clock)
    platform.add_demo_personas(demo.personas)
    pusher = Pusher(settings, platform, clock)
    credentials = Credentials(store, clock, settings.app_id, settings.app_secret)
    return [
        make_page_blueprint(demo, platform, pusher),
        make_api_blueprint(platform, pusher, credentials, later),
    ]
