"""What a citizen can do with a telephone in hand: each act is put into the chat and pushed to the account."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from simulator import documents, samples
from simulator.demo import Article, MenuItem, Place
from simulator.documents import Push
from simulator.platform import Channel, Direction, Platform, Trigger
from simulator.pushes import Pusher

_KIND_OF_TYPE = {"image": "image", "audio": "voice", "video": "video"}


class Citizen:
    """One persona acting. Every act returns when the account has answered or failed to."""

    def __init__(self, openid: str, platform: Platform, pusher: Pusher) -> None:
        self._openid = openid
        self._platform = platform
        self._pusher = pusher

    def follow(self, scene: str | None = None) -> None:
        """Follows the account, by a card if `scene` is given."""
        self._platform.set_followed(self._openid, followed=True)
        self._touch("followed", {"scene": scene}, documents.subscribe(self._author(), scene))

    def unfollow(self) -> None:
        """Leaves."""
        self._platform.set_followed(self._openid, followed=False)
        self._note("unfollowed", {})
        self._pusher.push(self._openid, documents.unsubscribe(self._author()))

    def scan(self, scene: str) -> None:
        """Scans a card: the same code is a subscription for a stranger and a scan for a follower."""
        if self._platform.is_follower(self._openid):
            self._touch("scanned", {"scene": scene}, documents.scan(self._author(), scene))
        else:
            self.follow(scene)

    def tap(self, item: MenuItem) -> None:
        """Taps a menu item. Only a click lets the account write, opening a page does not."""
        if item.key is not None:
            self._touch("tapped", {"name": item.name}, documents.click(self._author(), item.key))
        else:
            self._note("tapped", {"name": item.name})
            self._pusher.push(self._openid, documents.view(self._author(), item.url or ""))

    def say(self, text: str) -> None:
        """Sends a text."""
        self._send("text", {"text": text}, documents.text(self._author(), text))

    def send_sample_picture(self, address_of: Callable[[str], str]) -> None:
        """Sends the picture that is built in."""
        self.send_file("", "image/jpeg", samples.picture(), address_of)

    def send_sample_voice(self, recognition: str | None) -> None:
        """Sends the recording that is built in, with what the platform made of it unless None."""
        media_id = self._platform.add_media("voice", "audio/amr", samples.voice())
        self._send_voice(media_id, recognition)

    def send_file(self, name: str, content_type: str, content: bytes, address_of: Callable[[str], str]) -> None:
        """Sends a picture, recording, video or other file. `address_of` gives the open address of a media id."""
        kind = _KIND_OF_TYPE.get(content_type.partition("/")[0], "file")
        author, media_id = self._author(), self._platform.add_media(kind, content_type, content)
        match kind:
            case "image":
                self._send(kind, {"media_id": media_id}, documents.image(author, media_id, address_of(media_id)))
            case "voice":
                self._send_voice(media_id, None)
            case "video":
                self._send(kind, {"media_id": media_id}, documents.video(author, media_id, media_id))
            case _:
                md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
                self._send(kind, {"name": name}, documents.file(author, name, len(content), md5))

    def send_location(self, place: Place) -> None:
        """Sends a position."""
        push = documents.location(self._author(), place.latitude, place.longitude, place.label)
        self._send("location", {"label": place.label}, push)

    def send_link(self, article: Article) -> None:
        """Shares an article."""
        push = documents.link(self._author(), article.title, article.description, article.url)
        self._send("link", asdict(article), push)

    def _send_voice(self, media_id: str, recognition: str | None) -> None:
        content = {"media_id": media_id, "recognition": recognition}
        self._send("voice", content, documents.voice(self._author(), media_id, recognition))

    def _send(self, kind: str, content: Mapping[str, Any], push: Push) -> None:
        self._platform.open_window(self._openid, Trigger.MESSAGE)
        self._platform.add_message(self._openid, Direction.CITIZEN, Channel.PUSH, kind, content)
        self._pusher.push(self._openid, push)

    def _touch(self, kind: str, content: Mapping[str, Any], push: Push) -> None:
        self._platform.open_window(self._openid, Trigger.TOUCH)
        self._note(kind, content)
        self._pusher.push(self._openid, push)

    def _note(self, kind: str, content: Mapping[str, Any]) -> None:
        self._platform.add_message(self._openid, Direction.SYSTEM, Channel.PUSH, kind, content)

    def _author(self) -> documents.Author:
        return self._pusher.author(self._openid)
