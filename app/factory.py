"""Puts the web application and the worker together from the parts of a system."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from admin import make_blueprint as make_admin
from admin.naming import Names
from app import health
from app.cli import add_commands
from app.errors import set_up_errors
from app.logs import set_up_logs
from app.parts import System
from app.reference import WORDS
from app.requests import set_up_requests
from app.security import LIMITS, RateLimiter, csrf, headers_of, set_up_security
from app.settings import PROJECT
from app.turnstile import Turnstile
from app.words import add_filters
from bot.conversation import Conversation
from bot.dialogue.context import Context
from bot.dialogue.effects import Say, Value
from bot.web import make_blueprint as make_web
from bot.wechat.guard import WeChatAccount
from bot.wechat.webhook import Webhook
from outbox.wechat import PlatformClient
from outbox.worker import NoticeTemplates, Worker
from services.retraining import TrainingClaim
from services.suggestions import Advice, Suggestions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def assemble(system: System) -> Flask:
    """The web application."""
    settings = system.settings
    set_up_logs(settings.log_level)
    app = Flask("app", template_folder=str(WORDS.parent / "app" / "templates"), static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    words = system.words
    limiter = RateLimiter(settings.redis_url)
    # Before the security's own look at a request: its refusals are pages too, and a page asks who is signed in.
    set_up_requests(app, system)
    set_up_security(app, settings)
    set_up_errors(app, words)
    add_filters(app, words)

    # What is in force is asked for each time: none of these holds words or names of its own.
    def redirect(label: str) -> str | None:
        return system.words.redirect(label)

    def names() -> Names:
        now = system.in_force.now
        return Names(now.words, now.parts.directory, now.parts.taxonomy, now.parts.calendar)

    _put_in_front(app, "/wechat", make_webhook(system, limiter))
    app.register_blueprint(
        # Which labels are accepted is none of what staff edit; where the others belong is.
        make_web(
            taxonomy=system.parts.taxonomy,
            redirects=redirect,
            allows=_allows(limiter),
        )
    )
    app.register_blueprint(make_admin(names, _allows(limiter)), url_prefix="/admin")
    app.register_blueprint(health.make_blueprint(system))
    if settings.is_demo:
        _add_simulator(app, system)
    add_commands(app, system)
    return app


def _put_in_front(app: Flask, path: str, other: "WSGIApplication") -> None:
    pages = app.wsgi_app

    def choose(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (other if environ.get("PATH_INFO") == path else pages)(environ, start_response)

    app.wsgi_app = choose  # type: ignore[method-assign]


def make_webhook(system: System, limiter: RateLimiter) -> Webhook:
    """The address that the platform pushes to."""

    def bind(signature: str, body: bytes) -> bool:
        with system.transact() as services:
            return services.plain_pushes.bind(signature, body)

    turnstile = Turnstile()
    return Webhook(
        wechat_account(system),
        make_conversation(system, limiter, turnstile.sleep).answer,
        system.parts.clock,
        binds=bind,
        storage_failure_text=system.words.render("storage_failure", {}),
        headers={**headers_of(system.settings), "Cache-Control": "no-store"},
        place=turnstile.place,
    )


def wechat_account(system: System) -> WeChatAccount:
    """The account that pushes come from."""
    settings = system.settings
    keys = (settings.wechat_aes_key, settings.wechat_previous_aes_key)
    return WeChatAccount(
        token=settings.wechat_token.get_secret_value(),
        app_id=settings.wechat_app_id,
        account=settings.wechat_account,
        aes_keys=tuple(key.get_secret_value() for key in keys if key.get_secret_value()),
    )


def make_conversation(
    system: System, limiter: RateLimiter | None = None, wait: Callable[[float], None] = time.sleep
) -> Conversation:
    """The driver of conversations, the same for web and worker; `wait` passes some seconds."""
    report_url = f"{system.settings.base_url}/report"

    def context(moment: datetime) -> Context:
        now = system.in_force.now
        return now.words.context(
            now=moment, taxonomy=now.parts.taxonomy, directory=now.parts.directory, report_url=report_url
        )

    def advise(text: str) -> Advice:
        return Suggestions(system.parts).advise(text)

    def render(said: Iterable[Say]) -> str:
        return system.words.reply(said)

    return Conversation(
        transact=system.transact,
        look=system.look,
        advise=advise,
        context=context,
        render=render,
        allows=_allows(limiter or RateLimiter(system.settings.redis_url)),
        clock=system.parts.clock,
        wait=wait,
    )


def make_worker(system: System) -> Worker:
    """The worker for this system's account and platform."""
    settings = system.settings

    def render(letter: str, values: Mapping[str, Value]) -> str:
        return system.words.render(letter, values)

    return Worker(
        transact=system.transact,
        client=PlatformClient(
            app_id=settings.wechat_app_id,
            app_secret=settings.wechat_app_secret.get_secret_value(),
            base_url=settings.wechat_api_base_url,
        ),
        render=render,
        templates=NoticeTemplates(
            template_id=settings.wechat_template_id,
            subscribe_template_id=settings.wechat_subscribe_template_id,
            keywords={"thing1": system.words.render("notice_keyword", {})},
            url=None,
        ),
        take_turns=make_conversation(system).take_turns,
        start_training=_start_training,
        clock=system.parts.clock,
    )


def _start_training(claim: TrainingClaim) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  (fixed arguments and our own numbers)
        [sys.executable, "-m", "app.retraining", str(claim.training_id), claim.token], cwd=PROJECT
    )


def _allows(limiter: RateLimiter) -> Callable[[str, str], bool]:
    return lambda name, who: limiter.allows(LIMITS[name], who)


def _add_simulator(app: Flask, system: System) -> None:
    """Demo mode only: the platform's other side."""
    from simulator import SimulatorSettings, make_blueprints

    settings = system.settings
    local = (
        f"http://127.0.0.1:{settings.port}"
        if settings.host in {"0.0.0.0", "::"}  # noqa: S104  # nosec B104
        else f"http://{settings.host}:{settings.port}"
    )
    for blueprint in make_blueprints(
        SimulatorSettings(
            webhook_url=f"{local}/wechat",
            token=settings.wechat_token.get_secret_value(),
            app_id=settings.wechat_app_id,
            app_secret=settings.wechat_app_secret.get_secret_value(),
            aes_key=settings.wechat_aes_key.get_secret_value(),
            account=settings.wechat_account,
            store_path=settings.instance / "simulator.sqlite3",
        )
    ):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
