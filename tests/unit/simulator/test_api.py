import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from simulator.platform import Platform, Trigger
from tests.unit.simulator.fakes import Clock, Webhook

API = "/simulator/api/cgi-bin"
ACCOUNT = {"grant_type": "client_credential", "appid": "wx1", "secret": "s3cret"}


@pytest.fixture
def token(client: FlaskClient) -> str:
    answer = client.post(f"{API}/stable_token", json=ACCOUNT).json
    assert answer is not None
    return str(answer["access_token"])


@pytest.fixture
def call(client: FlaskClient, token: str) -> Callable[..., Any]:
    """Calls the API with a good token; gives back the answer."""

    def call(path: str, body: object) -> Any:
        data = json.dumps(body, ensure_ascii=False).encode()
        return client.post(f"{API}/{path}?access_token={token}", data=data).json

    return call


def text_to(openid: str, content: str = "您好") -> dict[str, object]:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def template_to(openid: str, **keywords: str) -> dict[str, object]:
    data = {name: {"value": value} for name, value in (keywords or {"thing1": "进展"}).items()}
    return {"touser": openid, "template_id": "tpl", "data": data}


class TestTokens:
    def test_the_stable_token_stays_the_same(self, client: FlaskClient, token: str) -> None:
        answer = client.post(f"{API}/stable_token", json=ACCOUNT).json

        assert answer == {"access_token": token, "expires_in": 7200}

    def test_the_stable_token_changes_in_its_last_five_minutes_and_both_work(
        self, client: FlaskClient, token: str, clock: Clock
    ) -> None:
        clock.seconds += 7200 - 299
        answer = client.post(f"{API}/stable_token", json=ACCOUNT).json

        assert answer is not None
        assert answer["access_token"] != token
        for each in (token, answer["access_token"]):
            refusal = client.get(f"{API}/media/get?access_token={each}").json
            assert refusal is not None
            assert refusal["errcode"] == 40007

    def test_a_forced_refresh_ends_the_old_token(self, client: FlaskClient, token: str) -> None:
        client.post(f"{API}/stable_token", json=ACCOUNT | {"force_refresh": True})

        answer = client.get(f"{API}/media/get?access_token={token}").json
        assert answer is not None
        assert answer["errcode"] == 40001

    def test_every_plain_token_is_new_and_leaves_the_stable_one_alone(self, client: FlaskClient, token: str) -> None:
        tokens = {client.get(f"{API}/token", query_string=ACCOUNT).json["access_token"] for _ in range(2)}  # type: ignore[index]

        assert len(tokens | {token}) == 3

    @pytest.mark.parametrize(
        ("changes", "errcode"), [({"appid": "wx2"}, 40013), ({"secret": "no"}, 40125), ({"grant_type": "x"}, 40002)]
    )
    def test_a_wrong_account_gets_no_token(self, client: FlaskClient, changes: dict[str, str], errcode: int) -> None:
        answer = client.post(f"{API}/stable_token", json=ACCOUNT | changes).json

        assert answer is not None
        assert answer["errcode"] == errcode

    @pytest.mark.parametrize(("query", "errcode"), [("", 41001), ("?access_token=made-up", 40001)])
    def test_a_call_without_a_good_token_is_refused(self, client: FlaskClient, query: str, errcode: int) -> None:
        answer = client.post(f"{API}/message/custom/send{query}", json={}).json

        assert answer is not None
        assert answer["errcode"] == errcode

    def test_an_old_token_is_named_expired(self, call: Callable[..., Any], clock: Clock, openid: str) -> None:
        clock.seconds += 7201

        assert call("message/custom/send", text_to(openid))["errcode"] == 42001


class TestCustomerService:
    def test_a_message_within_the_window_is_shown(
        self, call: Callable[..., Any], platform: Platform, openid: str
    ) -> None:
        platform.open_window(openid, Trigger.MESSAGE)

        assert call("message/custom/send", text_to(openid))["errcode"] == 0
        assert [(m.channel, m.content) for m in platform.messages(openid)] == [("customer_service", {"text": "您好"})]

    def test_outside_the_window_nothing_is_shown(
        self, call: Callable[..., Any], platform: Platform, openid: str
    ) -> None:
        assert call("message/custom/send", text_to(openid))["errcode"] == 45015
        assert platform.messages(openid) == []

    def test_the_sixth_message_is_refused(self, call: Callable[..., Any], platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        codes = [call("message/custom/send", text_to(openid))["errcode"] for _ in range(6)]

        assert codes == [0, 0, 0, 0, 0, 45047]

    @pytest.mark.parametrize(
        ("body", "errcode"),
        [
            ({}, 40003),
            ({"touser": "nobody"}, 40003),
            ({"msgtype": "hologram"}, 40008),
            ({"text": {"content": ""}}, 44004),
            ({"text": "您好"}, 44004),
            ({"text": {"content": "字" * 683}}, 45002),
            ([], 47001),
        ],
    )
    def test_a_bad_body_is_refused(
        self, call: Callable[..., Any], openid: str, platform: Platform, body: Any, errcode: int
    ) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        whole = text_to(openid) | body if isinstance(body, dict) and body else body

        assert call("message/custom/send", whole)["errcode"] == errcode

    def test_an_empty_body_is_refused(self, client: FlaskClient, token: str) -> None:
        answer = client.post(f"{API}/message/custom/send?access_token={token}").json

        assert answer is not None
        assert answer["errcode"] == 44002


class TestNotifications:
    def test_a_template_needs_no_window_and_is_reported_afterwards(
        self, call: Callable[..., Any], platform: Platform, openid: str, webhook: Webhook
    ) -> None:
        answer = call("message/template/send", template_to(openid, thing1="您的事项有新进展"))

        assert [message.content["keywords"] for message in platform.messages(openid)] == [
            {"thing1": "您的事项有新进展"}
        ]
        assert webhook.values() | {"Event": "TEMPLATESENDJOBFINISH", "MsgID": str(answer["msgid"])} == webhook.values()

    def test_the_same_client_id_is_delivered_once(
        self, call: Callable[..., Any], platform: Platform, openid: str, webhook: Webhook
    ) -> None:
        body = template_to(openid) | {"client_msg_id": "qm17"}
        answers = [call("message/template/send", body) for _ in range(2)]

        assert answers[0] == answers[1]
        assert len(platform.messages(openid)) == len(webhook.requests) == 1

    def test_the_same_client_id_counts_again_after_ten_minutes(
        self, call: Callable[..., Any], platform: Platform, openid: str, webhook: Webhook, clock: Clock
    ) -> None:
        body = template_to(openid) | {"client_msg_id": "qm17"}
        call("message/template/send", body)
        clock.seconds += 600
        call("message/template/send", body)

        assert len(platform.messages(openid)) == 2

    def test_first_and_remark_are_dropped_without_a_word(
        self, call: Callable[..., Any], platform: Platform, openid: str, webhook: Webhook
    ) -> None:
        call("message/template/send", template_to(openid, first="您好", thing1="进展", remark="谢谢"))

        assert platform.messages(openid)[0].content["keywords"] == {"thing1": "进展"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("thing1", "字" * 21),
            ("thing1", ""),
            ("thing1", "一\n二"),
            ("phrase2", "一二三四五六"),
            ("character_string3", "编号"),
            ("character_string3", "x" * 33),
        ],
    )
    def test_a_keyword_that_does_not_fit_is_refused(
        self, call: Callable[..., Any], platform: Platform, openid: str, name: str, value: str
    ) -> None:
        assert call("message/template/send", template_to(openid, **{name: value}))["errcode"] == 47003
        assert platform.messages(openid) == []

    def test_a_template_without_an_id_is_refused(self, call: Callable[..., Any], openid: str) -> None:
        assert call("message/template/send", template_to(openid) | {"template_id": ""})["errcode"] == 40037

    @pytest.mark.parametrize(("path", "errcode"), [("template/send", 43004), ("subscribe/bizsend", 43101)])
    def test_whoever_left_gets_no_notification(
        self, call: Callable[..., Any], platform: Platform, openid: str, path: str, errcode: int
    ) -> None:
        platform.set_followed(openid, followed=False)

        assert call(f"message/{path}", template_to(openid))["errcode"] == errcode

    def test_a_subscribe_notification_is_shown_and_reported(
        self, call: Callable[..., Any], platform: Platform, openid: str, webhook: Webhook
    ) -> None:
        call("message/subscribe/bizsend", template_to(openid) | {"page": "https://county.test/track"})

        assert platform.messages(openid)[0].content["url"] == "https://county.test/track"
        assert webhook.values()["Event"] == "subscribe_msg_sent_event"


class TestMedia:
    def test_media_come_as_bytes(self, client: FlaskClient, token: str, platform: Platform) -> None:
        media_id = platform.add_media("voice", "audio/amr", b"#!AMR\n")

        answer = client.get(f"{API}/media/get", query_string={"access_token": token, "media_id": media_id})

        assert (answer.data, answer.mimetype) == (b"#!AMR\n", "audio/amr")

    def test_a_video_comes_as_an_address_that_needs_no_token(
        self, client: FlaskClient, token: str, platform: Platform
    ) -> None:
        media_id = platform.add_media("video", "video/mp4", b"film")

        answer = client.get(f"{API}/media/get", query_string={"access_token": token, "media_id": media_id})

        assert answer.json is not None
        assert client.get(answer.json["video_url"]).data == b"film"

    def test_unknown_media_are_json_under_200(self, client: FlaskClient, token: str) -> None:
        answer = client.get(f"{API}/media/get", query_string={"access_token": token, "media_id": "gone"})

        assert answer.json is not None
        assert (answer.status_code, answer.json["errcode"]) == (200, 40007)

    def test_an_uploaded_picture_can_be_fetched(self, client: FlaskClient, token: str) -> None:
        upload = {"media": (BytesIO(b"\xff\xd8picture"), "a.jpg", "image/jpeg")}
        answer = client.post(f"{API}/media/upload?access_token={token}&type=image", data=upload).json

        assert answer is not None
        query = {"access_token": token, "media_id": answer["media_id"]}
        assert client.get(f"{API}/media/get", query_string=query).data == b"\xff\xd8picture"

    @pytest.mark.parametrize(("kind", "size", "errcode"), [("hologram", 1, 40004), ("thumb", 64 * 1024 + 1, 40006)])
    def test_a_bad_upload_is_refused(self, client: FlaskClient, token: str, kind: str, size: int, errcode: int) -> None:
        upload = {"media": (BytesIO(b"x" * size), "a.jpg", "image/jpeg")}
        answer = client.post(f"{API}/media/upload?access_token={token}&type={kind}", data=upload).json

        assert answer is not None
        assert answer["errcode"] == errcode


class TestFaults:
    def test_the_next_calls_fail_as_asked_and_then_no_more(
        self, client: FlaskClient, call: Callable[..., Any], platform: Platform, openid: str
    ) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        client.post("/simulator/api/fault", json={"errcode": -1, "count": 2})

        assert [call("message/custom/send", text_to(openid))["errcode"] for _ in range(3)] == [-1, -1, 0]

    def test_a_fault_of_one_path_leaves_the_others_alone(
        self, client: FlaskClient, call: Callable[..., Any], openid: str, webhook: Webhook
    ) -> None:
        client.post("/simulator/api/fault", json={"errcode": 45009, "count": 9, "path": "custom"})

        assert call("message/template/send", template_to(openid))["errcode"] == 0
        assert call("message/custom/send", text_to(openid))["errcode"] == 45009

    def test_faults_can_be_taken_back(self, client: FlaskClient, call: Callable[..., Any], openid: str) -> None:
        client.post("/simulator/api/fault", json={"errcode": 48001, "count": 9})
        client.delete("/simulator/api/fault")

        assert call("message/custom/send", text_to(openid))["errcode"] == 45015
