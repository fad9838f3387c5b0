"""The bare application that ours is compared with: Flask and wechatpy, nothing stored, nothing understood."""

import os

from flask import Flask, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

app = Flask("echo")
crypto = WeChatCrypto(os.environ["ECHO_TOKEN"], os.environ["ECHO_KEY"], os.environ["ECHO_APP_ID"])


@app.get("/healthz")
def healthz() -> str:
    """Ready."""
    return "ok"


@app.post("/wechat")
def echo() -> str:
    """Says what was said."""
    signature, timestamp, nonce = (request.args[name] for name in ("msg_signature", "timestamp", "nonce"))
    message = parse_message(crypto.decrypt_message(request.data, signature, timestamp, nonce))
    reply = create_reply(message.content if message.type == "text" else "ok", message)
    return str(crypto.encrypt_message(reply.render(), nonce, timestamp))
