"""Gets an instance ready to serve: database at the newest revision, classifier trained, demo county filled in demo mode."""

import click

from app import demo
from app.database import make_engine
from app.migrations import migrate
from app.parts import build_system, unlock
from app.settings import Settings, settings_or_exit
from app.training import register_shipped, train_if_needed


def prepare(settings: Settings) -> None:
    """Migrates, trains and fills what is not there yet; quick when all is there. Says what it does."""
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    unlock(settings)  # some revisions seal what was not sealed before
    engine = make_engine(settings.database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    if train_if_needed(settings.shelf, lambda: click.echo("classifier: training, about a minute")):
        click.echo("classifier: trained")
    system = build_system(settings)
    try:
        register_shipped(system)
        made = demo.fill(system) if settings.is_demo else 0
    finally:
        system.engine.dispose()
    if made:
        click.echo(f"demo county: {made} cases")


if __name__ == "__main__":
    prepare(settings_or_exit())
