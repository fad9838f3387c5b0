"""The chat page under `/simulator/` and what its script calls. Turns HTTP into acts of a citizen, nothing more."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from simulator import samples
from simulator.citizen import Citizen
from simulator.demo import Demo, MenuItem
from simulator.keywords import type_of
from simulator.platform import Message, Platform
from simulator.pushes import Pusher

_LONGEST_TEXT = 4000
_LONGEST_NICKNAME = 20
_LONGEST_SCENE = 64
_LARGEST_UPLOAD = 20 * 1024 * 1024


def make_page_blueprint(demo: Demo, platform: Platform, pusher: Pusher) -> Blueprint:
    """The page for one account."""
    blueprint = Blueprint(
        "simulator",
        __name__,
        url_prefix="/simulator",
        template_folder="templates",
        static_folder="static/simulator",
        static_url_path="/static",
    )
    views = _Views(demo, platform, pusher)
    blueprint.before_request(_only_from_the_page)
    blueprint.add_url_rule("/", view_func=views.page)
    blueprint.add_url_rule("/state", view_func=views.state)
    blueprint.add_url_rule("/media/<media_id>", view_func=views.media)
    blueprint.add_url_rule("/personas", view_func=views.add_persona, methods=["POST"])
    for action in (
        views.read,
        views.follow,
        views.unfollow,
        views.scan,
        views.menu,
        views.text,
        views.upload,
        views.picture,
        views.voice,
        views.location,
        views.link,
    ):
        blueprint.add_url_rule(f"/personas/<openid>/{action.__name__}", view_func=action, methods=["POST"])
    return blueprint


def _only_from_the_page() -> None:
    """There is no sign-in and no form token here, but another site's page cannot set a header of its own."""
    if request.method == "POST" and request.headers.get("X-Requested-With") != "simulator":
        abort(403)


class _Views:
    """The views of one account's page."""

    def __init__(self, demo: Demo, platform: Platform, pusher: Pusher) -> None:
        self._demo = demo
        self._platform = platform
        self._pusher = pusher

    def page(self) -> str:
        return render_template("simulator/chat.html", demo=self._demo, voice_seconds=samples.VOICE_SECONDS)

    def state(self) -> Response:
        """All that the page shows: everybody, and the lines of `openid` after the line `after`."""
        messages = self._platform.messages(request.args.get("openid", ""), request.args.get("after", 0, type=int))
        return jsonify(
            personas=[asdict(persona) for persona in self._platform.personas()],
            messages=[self._shown(message) for message in messages],
        )

    def media(self, media_id: str) -> Response:
        """A picture or video for the page; anything else only as a download."""
        media = self._platform.media(media_id) or abort(404)
        inline = media.kind in {"image", "video"} and media.content_type != "image/svg+xml"
        return Response(
            media.content,
            content_type=media.content_type if inline else "application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    def add_persona(self) -> Response:
        nickname = _word("nickname", _LONGEST_NICKNAME)
        return jsonify(openid=self._platform.add_persona(nickname, self._demo.new_persona_note))

    def read(self, openid: str) -> Response:
        up_to = _body().get("up_to")
        self._platform.mark_read(openid, up_to if isinstance(up_to, int) else 0)
        return jsonify()

    def follow(self, openid: str) -> Response:
        self._anybody(openid).follow()
        return jsonify()

    def unfollow(self, openid: str) -> Response:
        self._follower(openid).unfollow()
        return jsonify()

    def scan(self, openid: str) -> Response:
        self._anybody(openid).scan(_word("scene", _LONGEST_SCENE))
        return jsonify()

    def menu(self, openid: str) -> Response:
        self._follower(openid).tap(_menu_item(self._demo.menu, _body()))
        return jsonify()

    def text(self, openid: str) -> Response:
        self._follower(openid).say(_word("text", _LONGEST_TEXT))
        return jsonify()

    def upload(self, openid: str) -> Response:
        """The bytes are the body, the file's name stands in the query."""
        if (request.content_length or 0) > _LARGEST_UPLOAD:
            abort(413)
        name = request.args.get("name", "")[:100]
        self._follower(openid).send_file(name, request.mimetype, request.get_data(), _open_address)
        return jsonify()

    def picture(self, openid: str) -> Response:
        self._follower(openid).send_sample_picture(_open_address)
        return jsonify()

    def voice(self, openid: str) -> Response:
        """A recording; `recognition` in the body, empty or not, is what the platform made of it."""
        recognised = "recognition" in _body()
        self._follower(openid).send_sample_voice(
            _word("recognition", _LONGEST_TEXT, blank=True) if recognised else None
        )
        return jsonify()

    def location(self, openid: str) -> Response:
        key = _body().get("place")
        place = next((place for place in self._demo.places if place.key == key), None) or abort(400)
        self._follower(openid).send_location(place)
        return jsonify()

    def link(self, openid: str) -> Response:
        self._follower(openid).send_link(self._demo.article)
        return jsonify()

    def _anybody(self, openid: str) -> Citizen:
        if self._platform.persona(openid) is None:
            abort(404)
        return Citizen(openid, self._platform, self._pusher)

    def _follower(self, openid: str) -> Citizen:
        citizen = self._anybody(openid)
        if not self._platform.is_follower(openid):
            abort(409)
        return citizen

    def _shown(self, message: Message) -> dict[str, Any]:
        shown = asdict(message)
        if message.kind == "notification":
            labels, keywords = self._demo.keyword_labels, message.content["keywords"]
            shown["content"] = {
                "rows": [{"label": labels.get(type_of(name), name), "value": keywords[name]} for name in keywords],
                "url": message.content["url"],
            }
        return shown


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _word(name: str, longest: int, *, blank: bool = False) -> str:
    """A text of the body. Answers 400 when it is missing, too long, or blank where it may not be."""
    value = _body().get(name)
    if not isinstance(value, str) or len(value) > longest or not (blank or value.strip()):
        abort(400)
    # Half a character cannot be written as UTF-8; a telephone could not type it either.
    return value.encode("utf-8", "replace").decode()


def _menu_item(menu: tuple[MenuItem, ...], wanted: Mapping[str, Any]) -> MenuItem:
    for item in (*menu, *(below for column in menu for below in column.items)):
        if (item.key or item.url) and (item.key, item.url) == (wanted.get("key"), wanted.get("url")):
            return item
    return abort(400)


def _open_address(media_id: str) -> str:
    return url_for("simulator.media", media_id=media_id, _external=True)
