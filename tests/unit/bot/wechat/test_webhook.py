"""The address as the platform meets it. What an attacker meets stands in `test_attacks.py`."""

import io

import pytest
from structlog.testing import capture_logs

from bot.wechat.codec import SUCCESS
from bot.wechat.document import read_elements
from simulator import crypto
from tests.unit.bot.wechat.door import (
    AGAIN_LATER,
    APP_ID,
    KEY,
    OLD_KEY,
    SILENT_XML,
    TOKEN,
    XML,
    Door,
    seal,
    sealed_body,
    sealed_query,
    signed,
)


@pytest.fixture(params=[False, True], ids=["plain", "aes"])
def door(request):
    return Door(aes=request.param)


def read_reply(data: bytes, key: str = KEY) -> str:
    """The text of a reply, opened first if it is sealed."""
    elements = read_elements(data)
    if "Encrypt" in elements:
        sealed = crypto.Sealed(elements["Encrypt"], elements["MsgSignature"], elements["TimeStamp"], elements["Nonce"])
        elements = read_elements(crypto.Envelope(TOKEN, APP_ID, key).open(sealed))
    return elements["Content"]


def test_a_push_is_answered_in_its_own_mode(door):
    answer = door.post()

    assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
    assert (b"<Encrypt>" in answer.data) is door.aes
    assert read_reply(answer.data) == "收到"


def test_a_push_takes_no_place_while_it_is_still_coming(door):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            assert not door.has_place
            return super().read(size)

    body = XML.encode()
    door.http.post(
        "/wechat", query_string=signed(), input_stream=Slow(body), content_length=len(body), content_type="text/xml"
    )


def test_a_push_is_heard_once(door):
    door.post()

    assert [inbound.content for inbound in door.heard] == ["hello"]


def test_a_push_under_the_previous_key_is_answered_under_that_key():
    door = Door(aes=True, keys=(KEY, OLD_KEY))

    assert read_reply(door.post(key=OLD_KEY).data, OLD_KEY) == "收到"


def test_in_compatible_mode_only_the_sealed_fields_are_believed():
    door = Door(aes=True)
    cipher_text = seal()
    both = XML.replace("hello", "forged").replace("</xml>", f"<Encrypt>{cipher_text}</Encrypt></xml>")
    door.send(sealed_query(cipher_text), both.encode())

    assert [inbound.content for inbound in door.heard] == ["hello"]


def test_a_redelivery_under_a_new_signature_is_taken_to_the_store_again(door):
    door.post()
    again = door.post()

    assert again.status_code == 200
    assert len(door.heard) == 2


def test_a_query_for_the_same_person_is_taken(door):
    assert door.post(openid="o1").status_code == 200


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("aes", [False, True])
def test_no_reply_is_a_bare_success_in_every_mode(aes, nothing):
    answer = Door(aes=aes, answer=nothing).post()

    assert (answer.data, answer.content_type) == (SUCCESS, "text/plain; charset=utf-8")


def test_where_the_phone_shows_no_reply_none_is_sent(door):
    assert door.post(SILENT_XML).data == SUCCESS
    assert len(door.heard) == 1


def test_an_unknown_type_is_stored_and_answered_with_success(door):
    assert door.post(XML.replace("<MsgType>text", "<MsgType>hologram")).data == SUCCESS
    assert len(door.heard) == 1


@pytest.mark.parametrize("aes", [False, True])
def test_when_nothing_can_be_stored_the_person_is_asked_to_send_it_again(aes):
    answer = Door(aes=aes, fails=True).post()

    assert (answer.status_code, b"<Encrypt>" in answer.data) == (200, aes)
    assert read_reply(answer.data) == AGAIN_LATER


def test_a_failure_on_a_silent_event_is_answered_with_success():
    assert Door(aes=False, fails=True).post(SILENT_XML).data == SUCCESS


def test_a_body_of_unknown_length_is_taken_too():
    door = Door(aes=False)
    answer = door.http.post(
        "/wechat", query_string=signed(), input_stream=io.BytesIO(XML.encode()),
        headers={"Transfer-Encoding": "chunked"}, environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip

    assert (answer.status_code, len(door.heard)) == (200, 1)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_the_body_is_read_before_anything_takes_it_for_a_form(door, content_type):
    cipher_text = seal()
    query, body = (sealed_query(cipher_text), sealed_body(cipher_text)) if door.aes else (signed(), XML.encode())

    assert door.send(query, body, content_type=content_type).status_code == 200


@pytest.mark.parametrize("echo", ["5927138432", "Az-09_+/=.", "x" * 128])
def test_switching_the_address_on_echoes_as_plain_text(door, echo):
    answer = door.http.get("/wechat", query_string=signed(echostr=echo))

    assert (answer.status_code, answer.text, answer.content_type) == (200, echo, "text/plain; charset=utf-8")


@pytest.mark.parametrize("echo", ["<script>alert(1)</script>", "", "x" * 129, "a b", "a\n", "中", "%3Cscript%3E"])
def test_an_echo_that_a_browser_could_act_on_is_refused(door, echo):
    answer = door.http.get("/wechat", query_string=signed(echostr=echo))

    assert (answer.status_code, answer.data) == (400, b"refused")


def test_an_echo_without_a_valid_signature_is_refused(door):
    answer = door.http.get("/wechat", query_string={**signed(echostr="777"), "signature": "0" * 40})

    assert (answer.status_code, answer.data) == (403, b"refused")


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_allowed(door, method):
    assert getattr(door.http, method)("/wechat", query_string=signed()).status_code == 405


def test_a_refused_method_is_told_which_ones_there_are(door):
    assert door.http.put("/wechat").headers["Allow"] == "GET, POST"


def test_every_answer_carries_the_headers_of_the_site(door):
    assert [answer.headers.get("X-Frame-Options") for answer in (door.post(), door.http.get("/wechat"))] == ["DENY"] * 2


def test_a_refusal_is_logged_by_its_reason_alone(door):
    with capture_logs() as lines:
        door.post(openid="oSomebodyElse")

    assert lines == [{"event": "push_refused", "log_level": "warning", "reason": "openid"}]


def test_a_storage_failure_is_logged_without_what_was_said():
    with capture_logs() as lines:
        Door(aes=False, fails=True).post()

    assert lines == [{"event": "push_not_stored", "log_level": "error", "exc_info": True, "msg_type": "text"}]
