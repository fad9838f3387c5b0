from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from simulator.platform import Channel, Direction, Platform
from tests.unit.simulator.fakes import AES_KEY, PAGE, Clock, Webhook, reply_document


def kinds(platform: Platform, openid: str) -> list[str]:
    return [message.kind for message in platform.messages(openid)]


class TestPage:
    def test_it_is_a_chinese_page_without_inline_script_or_style(self, client: FlaskClient) -> None:
        html = client.get("/simulator/").text

        assert 'lang="zh-CN"' in html
        assert "<style" not in html
        assert " style=" not in html
        assert " on" + "click=" not in html
        assert html.count("<script") == html.count('<script type="module" src=') == 1

    @pytest.mark.parametrize("item", ["反映问题", "涉企诉求", "项目受阻", "优惠政策咨询", "查进度"])
    def test_the_menu_has_the_items_of_the_account(self, client: FlaskClient, item: str) -> None:
        assert f">{item}</button>" in client.get("/simulator/").text

    def test_it_needs_nothing_from_elsewhere(self, client: FlaskClient) -> None:
        html = client.get("/simulator/").text

        assert "//" not in html.replace("http://www.w3.org/2000/svg", "")

    @pytest.mark.parametrize("name", ["chat.css", "chat.js", "bubbles.js", "icon.svg"])
    def test_its_files_are_served(self, client: FlaskClient, name: str) -> None:
        with client.get(f"/simulator/static/{name}") as answer:
            assert answer.status_code == 200

    def test_another_sites_page_can_do_nothing(self, client: FlaskClient, openid: str, webhook: Webhook) -> None:
        assert client.post(f"/simulator/personas/{openid}/text", json={"text": "您好"}).status_code == 403
        assert webhook.requests == []


class TestFollowing:
    def test_following_is_pushed_and_opens_a_minute(
        self, act: Callable[..., int], platform: Platform, webhook: Webhook
    ) -> None:
        stranger = platform.personas()[1].openid
        act(stranger, "follow")

        assert webhook.values()["Event"] == "subscribe"
        assert platform.is_follower(stranger)
        assert platform.spend_message(stranger) == 0

    def test_a_stranger_who_scans_a_card_follows_by_it(
        self, act: Callable[..., int], platform: Platform, webhook: Webhook
    ) -> None:
        stranger = platform.personas()[1].openid
        act(stranger, "scan", scene="card-0001")

        assert (webhook.values()["Event"], webhook.values()["EventKey"]) == ("subscribe", "qrscene_card-0001")
        assert platform.is_follower(stranger)

    def test_a_follower_who_scans_a_card_scans(self, act: Callable[..., int], openid: str, webhook: Webhook) -> None:
        act(openid, "scan", scene="card-0001")

        assert (webhook.values()["Event"], webhook.values()["EventKey"]) == ("SCAN", "card-0001")

    def test_leaving_is_pushed(
        self, act: Callable[..., int], openid: str, platform: Platform, webhook: Webhook
    ) -> None:
        act(openid, "unfollow")

        assert webhook.values()["Event"] == "unsubscribe"
        assert not platform.is_follower(openid)

    def test_a_stranger_cannot_write(self, act: Callable[..., int], platform: Platform, webhook: Webhook) -> None:
        assert act(platform.personas()[1].openid, "text", text="您好") == 409
        assert webhook.requests == []

    def test_nobody_cannot_write(self, act: Callable[..., int], webhook: Webhook) -> None:
        assert act("nobody", "text", text="您好") == 404


class TestSending:
    def test_a_text_and_its_reply_stand_in_the_chat(
        self, act: Callable[..., int], openid: str, platform: Platform, webhook: Webhook
    ) -> None:
        webhook.answers = [(200, reply_document(openid, "收到"))]
        act(openid, "text", text="有人要两万块")

        assert [(m.direction, m.content) for m in platform.messages(openid)] == [
            ("citizen", {"text": "有人要两万块"}),
            ("account", {"text": "收到"}),
        ]

    def test_a_message_reopens_the_48_hours(
        self, act: Callable[..., int], openid: str, platform: Platform, webhook: Webhook, clock: Clock
    ) -> None:
        act(openid, "text", text="您好")
        clock.seconds += 47 * 3600

        assert platform.spend_message(openid) == 0

    @pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}, {"text": 5}, {"text": "x" * 4001}])
    def test_a_text_that_is_none_is_refused(
        self, act: Callable[..., int], openid: str, webhook: Webhook, body: dict[str, object]
    ) -> None:
        assert act(openid, "text", **body) == 400
        assert webhook.requests == []

    def test_half_a_character_becomes_a_question_mark(
        self, act: Callable[..., int], openid: str, webhook: Webhook
    ) -> None:
        act(openid, "text", text="好\ud83d")

        assert webhook.values()["Content"] == "好?"

    def test_the_sample_picture_can_be_seen_and_carries_its_address(
        self, act: Callable[..., int], client: FlaskClient, openid: str, webhook: Webhook
    ) -> None:
        act(openid, "picture")

        answer = client.get(webhook.values()["PicUrl"])
        assert answer.mimetype == "image/jpeg"
        assert Image.open(BytesIO(answer.data)).size == (720, 540)

    @pytest.mark.parametrize(
        ("body", "recognition"), [({}, None), ({"recognition": ""}, ""), ({"recognition": "两万块"}, "两万块")]
    )
    def test_a_recording_goes_with_or_without_what_was_recognised(  # noqa: PLR0917
        self,
        act: Callable[..., int],
        openid: str,
        webhook: Webhook,
        platform: Platform,
        body: dict[str, object],
        recognition: str | None,
    ) -> None:
        act(openid, "voice", **body)

        assert webhook.values().get("Recognition") == recognition
        media = platform.media(webhook.values()["MediaId"])
        assert media is not None
        assert media.content.startswith(b"#!AMR\n")

    @pytest.mark.parametrize(
        ("content_type", "kind"),
        [("image/png", "image"), ("audio/mpeg", "voice"), ("video/mp4", "video"), ("application/pdf", "file")],
    )
    def test_an_uploaded_file_goes_as_what_it_is(
        self, client: FlaskClient, openid: str, webhook: Webhook, content_type: str, kind: str
    ) -> None:
        client.post(
            f"/simulator/personas/{openid}/upload?name=a.bin", data=b"bytes", content_type=content_type, headers=PAGE
        )

        assert webhook.values()["MsgType"] == kind

    def test_a_file_that_is_too_large_is_refused(self, client: FlaskClient, openid: str, webhook: Webhook) -> None:
        answer = client.post(
            f"/simulator/personas/{openid}/upload",
            data=b"x" * (20 * 1024 * 1024 + 1),
            content_type="image/png",
            headers=PAGE,
        )

        assert (answer.status_code, webhook.requests) == (413, [])

    def test_a_drawing_with_script_is_not_shown_as_a_page(
        self, client: FlaskClient, openid: str, platform: Platform
    ) -> None:
        media_id = platform.add_media("image", "image/svg+xml", b"<svg/>")

        assert client.get(f"/simulator/media/{media_id}").mimetype == "application/octet-stream"

    def test_a_position_goes_with_its_label(self, act: Callable[..., int], openid: str, webhook: Webhook) -> None:
        act(openid, "location", place="kiln")

        assert webhook.values()["Label"] == "城北镇红旗砖厂门口"
        assert float(webhook.values()["Location_X"]) < 90

    def test_an_unknown_position_is_refused(self, act: Callable[..., int], openid: str, webhook: Webhook) -> None:
        assert act(openid, "location", place="moon") == 400

    def test_an_article_goes_as_a_link(self, act: Callable[..., int], openid: str, webhook: Webhook) -> None:
        act(openid, "link")

        assert webhook.values()["Url"].startswith("https://")


class TestMenu:
    @pytest.mark.parametrize("key", ["report", "help", "blocked", "policy", "track"])
    def test_an_item_clicks_with_its_key(
        self, act: Callable[..., int], openid: str, webhook: Webhook, key: str
    ) -> None:
        act(openid, "menu", key=key)

        assert (webhook.values()["Event"], webhook.values()["EventKey"]) == ("CLICK", key)

    def test_a_page_is_viewed_and_lets_nobody_write(
        self, act: Callable[..., int], openid: str, webhook: Webhook, platform: Platform
    ) -> None:
        act(openid, "menu", url="/report")

        assert webhook.values()["Event"] == "VIEW"
        assert platform.spend_message(openid) != 0

    @pytest.mark.parametrize("body", [{}, {"key": "other"}, {"key": None, "url": None}, {"url": "https://evil.test"}])
    def test_what_the_menu_does_not_have_cannot_be_tapped(
        self, act: Callable[..., int], openid: str, webhook: Webhook, body: dict[str, Any]
    ) -> None:
        assert act(openid, "menu", **body) == 400
        assert webhook.requests == []


class TestState:
    def test_it_names_everybody_and_the_lines_of_one(
        self, client: FlaskClient, act: Callable[..., int], openid: str, webhook: Webhook
    ) -> None:
        act(openid, "text", text="您好")
        state = client.get(f"/simulator/state?openid={openid}").json

        assert state is not None
        assert len(state["personas"]) >= 4
        assert [line["content"] for line in state["messages"]] == [{"text": "您好"}]

    def test_it_gives_only_what_is_new(
        self, client: FlaskClient, act: Callable[..., int], openid: str, webhook: Webhook, platform: Platform
    ) -> None:
        act(openid, "text", text="一")
        seen = platform.messages(openid)[-1].id
        act(openid, "text", text="二")
        state = client.get(f"/simulator/state?openid={openid}&after={seen}").json

        assert state is not None
        assert [line["content"] for line in state["messages"]] == [{"text": "二"}]

    def test_the_keywords_of_a_notification_are_named_in_chinese(
        self, client: FlaskClient, openid: str, platform: Platform
    ) -> None:
        content = {"keywords": {"thing1": "您的事项有新进展", "odd2": "x"}, "url": "https://county.test/track"}
        platform.add_message(openid, Direction.ACCOUNT, Channel.NOTIFICATION, "notification", content)
        state = client.get(f"/simulator/state?openid={openid}").json

        assert state is not None
        assert state["messages"][0]["content"] == {
            "rows": [{"label": "事项", "value": "您的事项有新进展"}, {"label": "odd2", "value": "x"}],
            "url": "https://county.test/track",
        }

    def test_reading_takes_the_mark_away(
        self, client: FlaskClient, act: Callable[..., int], openid: str, webhook: Webhook, platform: Platform
    ) -> None:
        webhook.answers = [(200, reply_document(openid, "收到"))]
        act(openid, "text", text="您好")
        unread_before = client.get("/simulator/state").json["personas"][0]["unread"]  # type: ignore[index]
        act(openid, "read", up_to=platform.messages(openid)[-1].id)

        assert (unread_before, client.get("/simulator/state").json["personas"][0]["unread"]) == (1, 0)  # type: ignore[index]

    def test_a_new_person_can_be_added(self, client: FlaskClient) -> None:
        added = client.post("/simulator/personas", json={"nickname": "新人"}, headers=PAGE).json
        state = client.get("/simulator/state").json

        assert added is not None
        assert state is not None
        assert (state["personas"][-1]["openid"], state["personas"][-1]["nickname"]) == (added["openid"], "新人")

    @pytest.mark.parametrize("nickname", ["", " ", "长" * 21])
    def test_a_person_without_a_name_is_refused(self, client: FlaskClient, nickname: str) -> None:
        assert client.post("/simulator/personas", json={"nickname": nickname}, headers=PAGE).status_code == 400


def test_with_an_aes_key_the_pushes_of_the_page_are_sealed(
    make_client: Callable[..., FlaskClient], platform: Platform, openid: str, webhook: Webhook
) -> None:
    client = make_client(aes_key=AES_KEY)
    client.post(f"/simulator/personas/{openid}/text", json={"text": "您好"}, headers=PAGE)

    assert "您好".encode() not in webhook.requests[0].body
    assert webhook.values()["Content"] == "您好"
