"""Every page of the console is guarded, and every role meets exactly what `domain/permissions.py` says."""

import pytest
from flask import Flask

from admin import make_blueprint
from app.reference import WORDS, load_directory, load_taxonomy
from bot.words import load_words
from domain.permissions import ALLOWED
from domain.terms import Role

OPEN = {"admin.sign_in", "admin.static"}
# Reached only when signed in, but they show nothing of any case.
HARMLESS = {"admin.sign_out", "admin.home"}


@pytest.fixture(scope="module")
def console():
    app = Flask("meta")
    app.register_blueprint(
        make_blueprint(load_words(WORDS), load_directory(), load_taxonomy(), lambda name, who: True),
        url_prefix="/admin",
    )
    return app


def test_every_page_of_the_console_names_the_action_it_needs(console):
    unguarded = {
        rule.endpoint
        for rule in console.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        and rule.endpoint not in OPEN | HARMLESS
        and getattr(console.view_functions[rule.endpoint], "required_action", None) is None
    }

    assert unguarded == set()


def test_the_system_administrator_may_open_no_page_about_cases(console):
    needed = {
        getattr(console.view_functions[rule.endpoint], "required_action", None) for rule in console.url_map.iter_rules()
    } - {None}

    assert [action for action in needed if Role.SYSADMIN in ALLOWED[action]] == []
