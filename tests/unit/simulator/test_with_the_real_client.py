"""The client that production uses, against the platform that the demonstration uses: two readings of one protocol."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient

from outbox.errors import FailureKind, PlatformError
from outbox.wechat import PlatformClient
from simulator import samples
from simulator.platform import Platform, Trigger

BASE = "http://localhost/simulator/api"


@pytest.fixture
def real_client(client: FlaskClient) -> Iterator[PlatformClient]:
    """Its requests end in the simulator, whose own pushes find a silent webhook."""

    def pass_on(request: Any) -> tuple[int, dict[str, str], bytes]:
        answer = client.open(
            request.url, method=request.method, data=request.body, content_type=request.headers.get("Content-Type")
        )
        return answer.status_code, {"Content-Type": answer.content_type}, answer.data

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in (responses.GET, responses.POST):
            mock.add_callback(method, re.compile(re.escape(BASE)), callback=pass_on, content_type=None)
        mock.post("http://account.test/wechat", body="success")
        yield PlatformClient(app_id="wx1", app_secret="s3cret", base_url=BASE)


def test_a_text_arrives(real_client: PlatformClient, platform: Platform, openid: str) -> None:
    platform.open_window(openid, Trigger.MESSAGE)
    real_client.send_text(openid, "您的事项有新进展😀")

    assert [message.content for message in platform.messages(openid)] == [{"text": "您的事项有新进展😀"}]


@pytest.mark.parametrize("spoke", [True, False])
def test_a_closed_window_is_understood(
    real_client: PlatformClient, platform: Platform, openid: str, spoke: bool
) -> None:
    if spoke:
        platform.open_window(openid, Trigger.MESSAGE)
        for _ in range(5):
            real_client.send_text(openid, "一")

    with pytest.raises(PlatformError) as caught:
        real_client.send_text(openid, "二")

    assert caught.value.kind is FailureKind.WINDOW


def test_cut_keywords_fit(real_client: PlatformClient, platform: Platform, openid: str) -> None:
    keywords = {"thing1": "进展" * 20, "phrase2": "有了新的进展", "character_string3": "x" * 40}

    assert real_client.send_template(openid, "tpl", keywords, "qm1", "https://county.test/track") is not None
    assert real_client.send_subscribe(openid, "tpl", keywords, None) is not None


def test_a_picture_is_fetched(real_client: PlatformClient, platform: Platform) -> None:
    media_id = platform.add_media("image", "image/jpeg", samples.picture())

    media = real_client.fetch_media(media_id, 1_000_000)

    assert (media.content, media.content_type) == (samples.picture(), "image/jpeg")


def test_a_video_is_fetched_from_its_address(real_client: PlatformClient, platform: Platform) -> None:
    media_id = platform.add_media("video", "video/mp4", b"\x00\x00\x00\x18ftypmp42")

    assert real_client.fetch_media(media_id, 1_000_000).content_type == "video/mp4"


def test_lost_media_are_final(real_client: PlatformClient) -> None:
    with pytest.raises(PlatformError) as caught:
        real_client.fetch_media("gone", 1_000_000)

    assert (caught.value.kind, caught.value.errcode) == (FailureKind.FINAL_CONTENT, 40007)


def test_a_refused_token_is_replaced_on_the_way(
    real_client: PlatformClient, client: FlaskClient, platform: Platform, openid: str
) -> None:
    platform.open_window(openid, Trigger.MESSAGE)
    client.post("/simulator/api/fault", json={"errcode": 40001, "path": "custom"})
    real_client.send_text(openid, "您好")

    assert len(platform.messages(openid)) == 1
