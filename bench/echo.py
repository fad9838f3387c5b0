"""The bare application that ours is compared with: Flask and wechatpy, nothing understood; with a database one durable insert.

The insert is as durable as ours (`make_engine`), and no more than an insert: no look for what is there, no index.
"""

import os

from flask import Flask, request
from sqlalchemy import text
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

from app.database import make_engine

_INSERT = text("INSERT INTO echo VALUES (:message)")


def make_echo(token: str, app_id: str, aes_key: str, database: str = "") -> Flask:
    """The application; `database` for one insert a message."""
    app = Flask("echo")
    store = make_engine(database) if database else None
    if store is not None:
        with store.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS echo (message TEXT)")
    crypto = WeChatCrypto(token, aes_key, app_id)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/wechat")
    def echo() -> str:
        signature, timestamp, nonce = (request.args[name] for name in ("msg_signature", "timestamp", "nonce"))
        message = parse_message(crypto.decrypt_message(request.data, signature, timestamp, nonce))
        if store is not None:
            with store.begin() as connection:
                connection.execute(_INSERT, {"message": str(message.content)})
        reply = create_reply(message.content if message.type == "text" else "ok", message)
        return str(crypto.encrypt_message(reply.render(), nonce, timestamp))

    return app


def from_environment() -> Flask:
    """What gunicorn calls."""
    names = ("ECHO_TOKEN", "ECHO_APP_ID", "ECHO_KEY", "ECHO_DATABASE")
    return make_echo(*(os.environ[name] for name in names))
