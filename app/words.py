"""Makes the words of `words/` usable in templates."""

from flask import Flask

from bot.words import Words


def add_filters(app: Flask, words: Words) -> None:
    """`label` for enum members, `basis` for the regulation behind a deadline, `error_words` for error codes."""
    app.jinja_env.filters["label"] = words.label
    app.jinja_env.filters["basis"] = lambda code: words.labels["Basis"].get(code, code)
    app.jinja_env.filters["error_words"] = words.error
