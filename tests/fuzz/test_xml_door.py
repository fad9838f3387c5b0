"""Any document, rightly signed, and any request at all: never above 499, and what was refused left nothing behind."""

import re
import secrets
import time
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import crypto
from simulator.documents import Author, text
from tests.fuzz.strategies import anything, mutations

TYPES = ("text", "image", "voice", "video", "shortvideo", "location", "link", "event", "file", "", "unknown")
FIELDS = (
    "Content", "MsgId", "CreateTime", "MediaId", "PicUrl", "Format", "Recognition", "Event", "EventKey", "Location_X",
    "Location_Y", "Scale", "Label", "Title", "Description", "Url", "Latitude", "Longitude", "Precision", "MsgDataId",
)  # fmt: skip


def post(target, body, **query):
    stamp, nonce = str(int(time.time())), secrets.token_hex(4)
    sender = re.search(rb"<FromUserName>(?:<!\[CDATA\[)?(\w+)", body)
    signed = {
        "signature": crypto.sign("token", stamp, nonce), "timestamp": stamp, "nonce": nonce,
        "openid": sender.group(1).decode() if sender else "o1",
    }  # fmt: skip
    before = target.kept()
    answer = target.app.test_client().post("/wechat", query_string={**signed, **query}, data=body)
    assert answer.status_code < 500, (answer.status_code, answer.data[:200])
    if answer.status_code >= 400:
        assert target.kept() == before
    return answer


documents = st.builds(
    lambda kind, fields, root: (
        f"<{root}><ToUserName>gh_1</ToUserName><FromUserName>o{secrets.token_hex(4)}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{kind}</MsgType>"
        + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields)
        + f"</{root}>"
    ),
    st.sampled_from(TYPES),
    st.lists(st.tuples(st.sampled_from(FIELDS), anything), max_size=8),
    st.sampled_from(("xml", "xml", "xml", "root")),
)


@settings(max_examples=200)
@given(documents)
def test_any_field_may_hold_anything(target, document):
    post(target, document.encode("utf-8", "surrogatepass"))


@settings(max_examples=200)
@given(st.data())
def test_a_document_with_damage_anywhere_is_taken_or_refused(target, data):
    whole = text(
        Author("o" + secrets.token_hex(4), "gh_1", int(time.time())), "城管的人每个月来收五十块钱"
    ).xml.encode()
    post(target, data.draw(mutations(whole)))


@settings(max_examples=100)
@given(
    st.binary(max_size=400),
    st.dictionaries(st.sampled_from(("encrypt_type", "msg_signature", "openid", "x")), anything),
)
def test_bytes_that_are_no_document_are_refused_and_leave_nothing(target, body, query):
    sendable = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}

    assert post(target, body, **sendable).status_code >= 400


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(("signature", "timestamp", "nonce", "echostr")), anything))
def test_no_query_opens_the_door_without_the_token(target, query):
    sendable = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    browser = target.app.test_client()
    before = target.kept()

    for answer in (browser.get("/wechat", query_string=sendable), browser.post("/wechat", query_string=sendable)):
        assert answer.status_code in {400, 403}
    assert target.kept() == before
