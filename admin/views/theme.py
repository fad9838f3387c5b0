"""Light or dark, or as the machine is set: one's own choice, kept in a cookie that says nothing else."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed
from domain.terms import Action

COOKIE = "theme"
_THEMES = ("auto", "dark", "light")


def add(console: Blueprint) -> None:
    """`/admin/theme`."""

    @console.context_processor
    def offer() -> dict[str, str]:
        chosen = request.cookies.get(COOKIE, "auto")
        theme = chosen if chosen in _THEMES else "auto"
        return {"theme": theme, "next_theme": _THEMES[(_THEMES.index(theme) + 1) % len(_THEMES)]}

    @console.post("/theme")
    @allowed(Action.OWN_ACCOUNT)
    def set_theme() -> ResponseReturnValue:
        theme = request.form.get("theme", "")
        back = urlsplit(request.form.get("back", ""))
        is_ours = not back.scheme and not back.netloc and back.path.startswith("/admin/") and "\\" not in back.path
        answer = redirect(f"{back.path}?{back.query}".rstrip("?") if is_ours else url_for("admin.home"))
        if theme in _THEMES:
            answer.set_cookie(COOKIE, theme, max_age=31_536_000, httponly=True, samesite="Lax", path="/admin")
        return answer
