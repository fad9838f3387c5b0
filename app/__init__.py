"""Composition root: the only package that knows all others."""

from flask import Flask

from app.settings import Settings, load_settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application for these settings, or for those of the environment.

    Raises pydantic.ValidationError for settings that cannot be used.
    """
    from app.factory import assemble
    from app.parts import build_system

    settings = settings or load_settings()
    return assemble(build_system(settings))
