"""The public pages for those who would rather not use WeChat: report, follow up. They work without JavaScript."""

from bot.web.views import make_blueprint

__all__ = ["make_blueprint"]
