import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from outbox.errors import ERRCODES, FailureKind, PlatformError
from outbox.transport import Timeouts
from outbox.wechat import PlatformClient

BASE = "https://api.platform.test/prefix"
SECRET = "5ecret5ecret5ecret5ecret"
TOKEN = "stable-token-0123456789"
OPENID = "o-citizen-1"
SEND = f"{BASE}/cgi-bin/message/custom/send"
TEMPLATE = f"{BASE}/cgi-bin/message/template/send"
SUBSCRIBE = f"{BASE}/cgi-bin/message/subscribe/bizsend"
MEDIA = f"{BASE}/cgi-bin/media/get"
STABLE = f"{BASE}/cgi-bin/stable_token"
OK = {"errcode": 0, "errmsg": "ok"}
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> PlatformClient:
    return PlatformClient(app_id="wx1", app_secret=SECRET, base_url=BASE, clock=clock)


@pytest.fixture
def platform() -> Iterator[responses.RequestsMock]:
    """The platform, giving out a token; the rest is up to the test."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(STABLE, json={"access_token": TOKEN, "expires_in": 7200})
        yield mock


def calls_to(platform: responses.RequestsMock, url: str) -> list[Any]:
    return [call.request for call in platform.calls if (call.request.url or "").startswith(url)]


def body_of(request: Any) -> Any:
    return json.loads(request.body)


def failure_of(act: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        act()
    return caught.value


class TestSending:
    def test_a_text_goes_out_as_raw_utf8(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.post(SEND, json=OK)

        client.send_text(OPENID, "您的事项有新进展😀")

        (request,) = calls_to(platform, SEND)
        assert "您的事项有新进展😀".encode() in request.body
        assert body_of(request) == {
            "touser": OPENID,
            "msgtype": "text",
            "text": {"content": "您的事项有新进展😀"},
        }

    def test_the_token_travels_in_the_query(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.post(SEND, json=OK, match=[matchers.query_param_matcher({"access_token": TOKEN})])

        client.send_text(OPENID, "好")

        assert len(calls_to(platform, SEND)) == 1

    def test_a_template_carries_its_own_id_and_returns_the_platforms(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(TEMPLATE, json=OK | {"msgid": 200228332})

        msgid = client.send_template(OPENID, "tpl", {"thing1": "进展" * 20}, "outbox-17", "https://county.test/track")

        assert msgid == "200228332"
        assert body_of(calls_to(platform, TEMPLATE)[0]) == {
            "touser": OPENID,
            "template_id": "tpl",
            "client_msg_id": "outbox-17",
            "url": "https://county.test/track",
            "data": {"thing1": {"value": "进展" * 10}},
        }

    def test_a_template_without_an_address_names_none(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(TEMPLATE, json=OK)

        assert client.send_template(OPENID, "tpl", {"thing1": "进展"}, "outbox-17") is None
        assert "url" not in body_of(calls_to(platform, TEMPLATE)[0])

    def test_remark_is_refused_before_anything_is_sent(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        error = failure_of(lambda: client.send_template(OPENID, "tpl", {"remark": "进展"}, "outbox-17"))

        assert error.kind is FailureKind.FINAL_CONTENT
        assert len(platform.calls) == 0

    def test_a_subscribe_notification_goes_to_bizsend(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(SUBSCRIBE, json=OK)

        client.send_subscribe(OPENID, "tpl", {"phrase2": "有新进展了"}, "https://county.test/track")

        assert body_of(calls_to(platform, SUBSCRIBE)[0]) == {
            "touser": OPENID,
            "template_id": "tpl",
            "page": "https://county.test/track",
            "data": {"phrase2": {"value": "有新进展了"}},
        }

    def test_half_a_character_is_an_error_of_ours(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        assert failure_of(lambda: client.send_text(OPENID, "\ud83d")).kind is FailureKind.FINAL_CONTENT


class TestToken:
    def test_the_stable_token_is_asked_for_once_and_kept(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(SEND, json=OK)

        client.send_text(OPENID, "一")
        client.send_text(OPENID, "二")

        (request,) = calls_to(platform, STABLE)
        assert body_of(request) == {"grant_type": "client_credential", "appid": "wx1", "secret": SECRET}

    def test_the_secret_is_in_no_address(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.post(SEND, json=OK)

        client.send_text(OPENID, "一")

        assert [call.request.url for call in platform.calls if SECRET in (call.request.url or "")] == []

    def test_a_new_token_is_fetched_before_the_old_one_ends(
        self, client: PlatformClient, platform: responses.RequestsMock, clock: Clock
    ) -> None:
        platform.post(SEND, json=OK)
        client.send_text(OPENID, "一")

        clock.seconds += 7200 - 119
        client.send_text(OPENID, "二")

        assert len(calls_to(platform, STABLE)) == 2

    @pytest.mark.parametrize("errcode", [40001, 40014, 42001, 41001])
    def test_a_refused_token_is_refreshed_once_and_the_call_made_once_more(
        self, client: PlatformClient, platform: responses.RequestsMock, errcode: int
    ) -> None:
        platform.post(SEND, json={"errcode": errcode, "errmsg": "no"})
        platform.post(SEND, json=OK)
        platform.post(STABLE, json={"access_token": "second-token", "expires_in": 7200})

        client.send_text(OPENID, "好")

        assert [request.params["access_token"] for request in calls_to(platform, SEND)] == [TOKEN, "second-token"]
        assert len(calls_to(platform, STABLE)) == 2

    @pytest.mark.parametrize("errcode", [40001, 40014, 42001, 41001])
    def test_a_token_that_stays_refused_ends_in_a_failure_and_not_in_a_loop(
        self, client: PlatformClient, platform: responses.RequestsMock, errcode: int
    ) -> None:
        platform.post(SEND, json={"errcode": errcode, "errmsg": "no"})

        error = failure_of(lambda: client.send_text(OPENID, "好"))

        assert (error.kind, error.errcode) == (FailureKind.TOKEN, errcode)
        assert len(calls_to(platform, STABLE)) == 2
        assert len(calls_to(platform, SEND)) == 2

    def test_a_refused_token_of_a_download_is_refreshed_as_well(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.get(MEDIA, json={"errcode": 42001, "errmsg": "expired"})
        platform.get(MEDIA, body=JPEG, content_type="image/jpeg")

        assert client.fetch_media("m1", 10_000).content == JPEG

    def test_threads_that_meet_the_same_refusal_ask_for_one_new_token(self, platform: responses.RequestsMock) -> None:
        client = PlatformClient(app_id="wx1", app_secret=SECRET, base_url=BASE)
        together = threading.Barrier(8)

        def answer(request: Any) -> tuple[int, dict[str, str], str]:
            if request.params["access_token"] != TOKEN:
                return 200, {}, json.dumps(OK)
            together.wait(timeout=10)
            return 200, {}, json.dumps({"errcode": 40001, "errmsg": "no"})

        platform.post(STABLE, json={"access_token": "second-token", "expires_in": 7200})
        platform.add_callback(responses.POST, SEND, callback=answer)
        threads = [threading.Thread(target=client.send_text, args=(OPENID, "好")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)

        assert len(calls_to(platform, STABLE)) == 2

    def test_a_wrong_secret_is_the_operators_business_even_under_a_token_code(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.replace(responses.POST, STABLE, json={"errcode": 40001, "errmsg": "invalid credential"})

        error = failure_of(lambda: client.send_text(OPENID, "好"))

        assert (error.kind, error.errcode) == (FailureKind.OPERATOR, 40001)
        assert len(calls_to(platform, STABLE)) == 1

    @pytest.mark.parametrize(
        "answer", [{}, {"access_token": ""}, {"access_token": 5, "expires_in": 7200}, {"access_token": "t"}]
    )
    def test_an_answer_without_a_token_is_a_transient_failure(
        self, client: PlatformClient, platform: responses.RequestsMock, answer: dict[str, object]
    ) -> None:
        platform.replace(responses.POST, STABLE, json=answer)

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.TRANSIENT

    def test_no_token_in_time_means_that_nothing_was_sent(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.replace(responses.POST, STABLE, body=requests.ReadTimeout("slow"))

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.TRANSIENT


class TestFailures:
    @pytest.mark.parametrize("errcode", sorted(ERRCODES))
    def test_every_errcode_of_the_table_comes_out_as_its_kind(
        self, client: PlatformClient, platform: responses.RequestsMock, errcode: int
    ) -> None:
        platform.post(SEND, json={"errcode": errcode, "errmsg": "said the platform"})

        error = failure_of(lambda: client.send_text(OPENID, "好"))

        assert (error.errcode, error.kind) == (errcode, ERRCODES[errcode][0])

    def test_the_body_is_believed_and_not_the_status(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(SEND, status=412, json={"errcode": 45015, "errmsg": "out of window"})

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.WINDOW

    @pytest.mark.parametrize(
        "body", ["<html>login</html>", "", "ok", "[]", "null", "{", '{"errcode": "x"}', "{}", "[" * 100_000]
    )
    def test_a_send_answered_with_no_verdict_under_200_is_ambiguous(
        self, client: PlatformClient, platform: responses.RequestsMock, body: str
    ) -> None:
        platform.post(SEND, body=body)

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.AMBIGUOUS

    @pytest.mark.parametrize(
        ("exception", "kind"),
        [
            (requests.ConnectTimeout("t"), FailureKind.TRANSIENT),
            (requests.exceptions.SSLError("t"), FailureKind.TRANSIENT),
            (requests.exceptions.InvalidURL("t"), FailureKind.TRANSIENT),
            (requests.ReadTimeout("t"), FailureKind.AMBIGUOUS),
            (requests.ConnectionError("connection aborted"), FailureKind.AMBIGUOUS),
            (requests.exceptions.ChunkedEncodingError("t"), FailureKind.AMBIGUOUS),
        ],
    )
    def test_a_network_failure_is_ambiguous_only_after_sending(
        self, client: PlatformClient, platform: responses.RequestsMock, exception: Exception, kind: FailureKind
    ) -> None:
        platform.post(SEND, body=exception)

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is kind

    def test_a_closed_port_is_transient(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        client = PlatformClient(app_id="wx1", app_secret=SECRET, base_url=f"http://127.0.0.1:{port}")

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.TRANSIENT

    def test_a_redirect_is_not_followed(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.post(SEND, status=302, headers={"Location": "https://elsewhere.test/"})

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.OPERATOR
        assert calls_to(platform, "https://elsewhere.test/") == []

    def test_the_named_wait_of_a_busy_server_is_kept(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.post(SEND, status=503, headers={"Retry-After": "30"})

        assert failure_of(lambda: client.send_text(OPENID, "好")).retry_after == timedelta(seconds=30)

    def test_an_error_cannot_be_changed(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.post(SEND, json={"errcode": 45015, "errmsg": ""})
        error = failure_of(lambda: client.send_text(OPENID, "好"))

        with pytest.raises(AttributeError):
            error.kind = FailureKind.TRANSIENT  # type: ignore[misc]


class TestSecrets:
    def test_what_the_platform_echoes_is_scrubbed(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        errmsg = f"bad {TOKEN} {SECRET} {OPENID} access_token=another&x invalid ip 203.0.113.9"
        platform.post(SEND, json={"errcode": 40164, "errmsg": errmsg})

        text = str(failure_of(lambda: client.send_text(OPENID, "好")))

        assert "203.0.113.9" in text
        assert [secret for secret in (TOKEN, SECRET, OPENID, "another") if secret in text] == []

    @pytest.mark.parametrize(
        "exception",
        [
            requests.ConnectionError(f"/cgi-bin/message/custom/send?access_token={TOKEN}"),
            requests.ReadTimeout(f"https://x/?access_token={TOKEN}&secret={SECRET}"),
            requests.exceptions.InvalidURL(f"https://x/?access_token={TOKEN}"),
        ],
    )
    def test_no_exception_of_the_library_hangs_on_to_ours(
        self, client: PlatformClient, platform: responses.RequestsMock, exception: Exception
    ) -> None:
        platform.post(SEND, body=exception)

        error = failure_of(lambda: client.send_text(OPENID, "好"))

        assert TOKEN not in str(error)
        assert (error.__cause__, error.__context__) == (None, None)


class TestMedia:
    def test_bytes_come_back_as_they_are(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.get(MEDIA, body=JPEG, content_type="Image/JPEG; charset=binary")

        media = client.fetch_media("m1", 10_000)

        assert (media.content, media.content_type) == (JPEG, "image/jpeg")

    def test_json_under_200_is_an_error_and_no_media(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.get(MEDIA, body=b'{"errcode":40007,"errmsg":"invalid media_id"}', content_type="image/jpeg")

        error = failure_of(lambda: client.fetch_media("m1", 10_000))

        assert (error.kind, error.errcode) == (FailureKind.FINAL_CONTENT, 40007)

    @pytest.mark.parametrize("body", [b"<html>proxy</html>", b"", b"{}", b"{broken", b'{"errcode":0}'])
    def test_what_is_neither_media_nor_verdict_is_tried_again(
        self, client: PlatformClient, platform: responses.RequestsMock, body: bytes
    ) -> None:
        platform.get(MEDIA, body=body)

        assert failure_of(lambda: client.fetch_media("m1", 10_000)).kind is FailureKind.TRANSIENT

    @pytest.mark.parametrize("headers", [{}, {"Content-Length": "20000"}])
    def test_more_than_the_cap_is_refused(
        self, client: PlatformClient, platform: responses.RequestsMock, headers: dict[str, str]
    ) -> None:
        platform.get(MEDIA, body=b"\xff" * 20_000, headers=headers, auto_calculate_content_length=False)

        assert failure_of(lambda: client.fetch_media("m1", 19_999)).kind is FailureKind.FINAL_CONTENT

    def test_exactly_the_cap_is_taken(self, client: PlatformClient, platform: responses.RequestsMock) -> None:
        platform.get(MEDIA, body=JPEG)

        assert len(client.fetch_media("m1", len(JPEG)).content) == len(JPEG)

    def test_a_read_time_out_of_a_download_is_transient(
        self, client: PlatformClient, platform: responses.RequestsMock
    ) -> None:
        platform.get(MEDIA, body=requests.ReadTimeout("slow"))

        assert failure_of(lambda: client.fetch_media("m1", 10_000)).kind is FailureKind.TRANSIENT

    @pytest.mark.parametrize(
        "address", ["https://api.platform.test/video/1", "http://vweixinp.tc.qq.com/1.f10.mp4?vkey=5"]
    )
    def test_a_video_is_fetched_from_where_the_platform_keeps_it_without_the_token(
        self, client: PlatformClient, platform: responses.RequestsMock, address: str
    ) -> None:
        platform.get(MEDIA, json={"video_url": address})
        platform.get(address, body=b"\x00\x00\x00\x18ftypmp42", content_type="video/mp4")

        assert client.fetch_media("m1", 10_000).content_type == "video/mp4"
        assert TOKEN not in calls_to(platform, address)[0].url

    @pytest.mark.parametrize(
        "address",
        [
            "http://169.254.169.254/latest",
            "https://api.platform.test:8443/video",
            "https://api.platform.test@evil.test/",
            "https://evil.test@api.platform.test/",
            "file:///etc/passwd",
            "//api.platform.test/video",
            "https://vweixinp.tc.qq.com.evil.test/",
            "http://vweixinp.tc.qq.com:22/",
            "http://[",
            "",
        ],
    )
    def test_a_video_elsewhere_is_not_fetched(
        self, client: PlatformClient, platform: responses.RequestsMock, address: str
    ) -> None:
        platform.get(MEDIA, json={"video_url": address})

        assert failure_of(lambda: client.fetch_media("m1", 10_000)).kind is FailureKind.FINAL_CONTENT
        assert len(platform.calls) == 2  # the token and the question


class TestDeadline:
    def test_no_call_is_begun_when_the_token_took_all_the_time(
        self, client: PlatformClient, platform: responses.RequestsMock, clock: Clock
    ) -> None:
        def slow(_: Any) -> tuple[int, dict[str, str], str]:
            clock.seconds += 13
            return 200, {}, json.dumps({"access_token": TOKEN, "expires_in": 7200})

        platform.remove(responses.POST, STABLE)
        platform.add_callback(responses.POST, STABLE, callback=slow)
        platform.post(SEND, json=OK)

        assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.TRANSIENT
        assert calls_to(platform, SEND) == []

    def test_the_retry_does_not_get_a_deadline_of_its_own(
        self, client: PlatformClient, platform: responses.RequestsMock, clock: Clock
    ) -> None:
        def refuse_slowly(_: Any) -> tuple[int, dict[str, str], str]:
            clock.seconds += 11.9
            return 200, {}, json.dumps({"errcode": 40001, "errmsg": "no"})

        platform.add_callback(responses.POST, SEND, callback=refuse_slowly)

        failure_of(lambda: client.send_text(OPENID, "好"))

        assert [request.req_kwargs["timeout"][1] for request in calls_to(platform, STABLE)] == [5.0, pytest.approx(0.1)]

    def test_an_answer_that_drips_ends_at_the_deadline(self) -> None:
        timeouts = Timeouts(connect=1, read=1, total=0.3)
        with _DrippingServer() as base_url:
            client = PlatformClient(app_id="wx1", app_secret=SECRET, base_url=base_url, timeouts=timeouts)

            assert failure_of(lambda: client.send_text(OPENID, "好")).kind is FailureKind.TRANSIENT


class _DrippingServer:
    """Answers with a byte every 50 ms and never ends by itself."""

    def __enter__(self) -> str:
        self.stop = stop = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                try:
                    while not stop.wait(0.05):
                        self.wfile.write(b" ")
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Keeps the test's output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
