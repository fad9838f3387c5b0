import pytest

from simulator.crypto import Envelope
from simulator.documents import cdata
from simulator.replies import MalformedReply, Reply, read_reply
from tests.unit.simulator.fakes import ACCOUNT, AES_KEY, reply_document

ENVELOPE = Envelope("tok3n", "wx1", AES_KEY)


def read(document: str | bytes, envelope: Envelope | None = None) -> Reply | None:
    body = document.encode() if isinstance(document, str) else document
    return read_reply(body, openid="o1", account=ACCOUNT, envelope=envelope)


def document(kind: str, body: str) -> str:
    head = f"<ToUserName>o1</ToUserName><FromUserName>{ACCOUNT}</FromUserName><CreateTime>1</CreateTime>"
    return f"<xml>{head}<MsgType>{kind}</MsgType>{body}</xml>"


def sealed(inner: str, envelope: Envelope = ENVELOPE) -> str:
    parts = envelope.seal(inner, "1700000000", "9")
    return (
        f"<xml><Encrypt>{cdata(parts.encrypt)}</Encrypt><MsgSignature>{cdata(parts.signature)}</MsgSignature>"
        f"<TimeStamp>1700000000</TimeStamp><Nonce>{cdata('9')}</Nonce></xml>"
    )


@pytest.mark.parametrize("envelope", [None, ENVELOPE])
@pytest.mark.parametrize("body", [b"", b"success"])
def test_nothing_to_say_is_read_as_nothing(body: bytes, envelope: Envelope | None) -> None:
    assert read(body, envelope) is None


def test_a_text_is_read() -> None:
    assert read(reply_document("o1", "您好\n1. 是")) == Reply("text", {"text": "您好\n1. 是"})


def test_a_sealed_text_is_read() -> None:
    assert read(sealed(reply_document("o1", "您好")), ENVELOPE) == Reply("text", {"text": "您好"})


def test_a_picture_is_read() -> None:
    assert read(document("image", "<Image><MediaId>m1</MediaId></Image>")) == Reply("image", {"media_id": "m1"})


def test_articles_are_read() -> None:
    item = "<item><Title>题</Title><Description>述</Description><PicUrl/><Url>https://x/</Url></item>"

    reply = read(document("news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>"))

    assert reply == Reply("news", {"articles": [{"title": "题", "description": "述", "url": "https://x/"}]})


def test_the_longest_text_is_taken() -> None:
    assert read(reply_document("o1", "x" * 2047)) is not None


@pytest.mark.parametrize(
    "bad",
    [
        "Success",
        " success",
        "<html><body>Internal Server Error</body></html>",
        '{"errcode": 0}',
        "<xml>",
        "<xml/>",
        b"\xff\xfe\x00",
        '<!DOCTYPE xml [<!ENTITY a "b">]>' + reply_document("o1", "x"),
        reply_document("o2", "x"),
        reply_document("o1", "x", account="gh_other"),
        reply_document("o1", ""),
        reply_document("o1", "字" * 683),
        reply_document("o1", "a\x0bb"),
        document("text", "<Content>a</Content><Content>b</Content>"),
        document("text", "<Content>a<b/></Content>"),
        document("text", ""),
        document("hologram", "<Content>a</Content>"),
        document("news", "<ArticleCount>0</ArticleCount><Articles/>"),
        document("news", "<ArticleCount>2</ArticleCount><Articles><item/></Articles>"),
        document("text", "<Content>a</Content>").replace("<CreateTime>1<", "<CreateTime>now<"),
    ],
)
def test_what_the_platform_could_not_read_is_malformed(bad: str | bytes) -> None:
    with pytest.raises(MalformedReply):
        read(bad)


@pytest.mark.parametrize(
    "bad",
    [
        reply_document("o1", "in the clear"),
        sealed(reply_document("o1", "x"), Envelope("other", "wx1", AES_KEY)),
        sealed(reply_document("o1", "x"), Envelope("tok3n", "wx2", AES_KEY)),
        sealed("success"),
        sealed(""),
        sealed(reply_document("o1", "x")).replace("<Nonce>", "<nonce>").replace("</Nonce>", "</nonce>"),
    ],
)
def test_a_sealed_account_must_seal_its_replies(bad: str) -> None:
    with pytest.raises(MalformedReply):
        read(bad, ENVELOPE)
