"""The bare application that ours is compared with: Flask and wechatpy, nothing understood; with a database one durable insert."""

import os

from flask import Flask, request
from sqlalchemy import text
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

from app.database import make_engine

app = Flask("echo")
store = make_engine(os.environ["ECHO_DATABASE"]) if os.environ.get("ECHO_DATABASE") else None
if store is not None:
    with store.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS echo (message TEXT)")
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
    if store is not None:
        with store.begin() as connection:
            connection.execute(text("INSERT INTO echo VALUES (:message)"), {"message": str(message.content)})
    reply = create_reply(message.content if message.type == "text" else "ok", message)
    return str(crypto.encrypt_message(reply.render(), nonce, timestamp))
