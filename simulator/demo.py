"""Reads `demo.yaml`: the invented people, the account's menu, the cards and places of the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).with_name("demo.yaml")


@dataclass(frozen=True, slots=True)
class DemoPersona:
    """An invented citizen."""

    key: str
    nickname: str
    note: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An item of the account's menu: a column with items below it, a key to click or an address to view."""

    name: str
    key: str | None = None
    url: str | None = None
    items: tuple["MenuItem", ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A printed card; `scene` is what its code says."""

    scene: str
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """A position that can be sent."""

    key: str
    label: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Article:
    """A page that can be shared."""

    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Demo:
    """All of `demo.yaml`."""

    account_name: str
    account_note: str
    personas: tuple[DemoPersona, ...]
    menu: tuple[MenuItem, ...]
    cards: tuple[Card, ...]
    places: tuple[Place, ...]
    article: Article
    recognition: str
    notification_title: str
    keyword_labels: Mapping[str, str]
    new_persona_note: str


def load_demo() -> Demo:
    """The parsed file. Raises KeyError or TypeError when it is not whole."""
    data: dict[str, Any] = yaml.load(_PATH.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Demo(
        account_name=data["account"]["name"],
        account_note=data["account"]["note"],
        personas=tuple(DemoPersona(**persona) for persona in data["personas"]),
        menu=tuple(_menu_item(item) for item in data["menu"]),
        cards=tuple(Card(**card) for card in data["cards"]),
        places=tuple(Place(**place) for place in data["places"]),
        article=Article(**data["article"]),
        recognition=data["recognition"],
        notification_title=data["notification"]["title"],
        keyword_labels=data["notification"]["labels"],
        new_persona_note=data["new_persona_note"],
    )


def _menu_item(item: Mapping[str, Any]) -> MenuItem:
    below = tuple(_menu_item(each) for each in item.get("items", ()))
    return MenuItem(item["name"], item.get("key"), item.get("url"), below)
