"""Composition root: the only package that knows all others."""

from flask import Flask

from app.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The web application for these settings."""
    from app.factory import assemble
    from app.parts import build_system

    return assemble(build_system(settings))
