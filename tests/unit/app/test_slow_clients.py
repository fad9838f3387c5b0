"""Clients that dawdle or break off, over real connections with a clock of the test's own."""

import io
import socket

import pytest
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.exceptions import ClientDisconnected
from werkzeug.test import create_environ, run_wsgi_app

from app import slow_clients
from app.slow_clients import PatientSocket, blame_the_client


class Watch:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(slow_clients, "time", watch)
    return watch


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours = PatientSocket.of(ours)
    ours.begin()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_request_that_comes_at_once_is_read(watch, pair):
    ours, theirs = pair
    theirs.sendall(b"GET / HTTP/1.1")

    assert ours.recv(100) == b"GET / HTTP/1.1"


def test_whoever_sends_nothing_for_too_long_is_left(watch, pair):
    ours, theirs = pair
    theirs.sendall(b"GET")
    watch.now += 11

    with pytest.raises(ConnectionResetError):
        ours.recv(100)


def test_waiting_itself_ends(pair, monkeypatch):
    ours, _ = pair
    monkeypatch.setattr(slow_clients, "_PATIENCE", 0.01)
    ours.begin()

    with pytest.raises(ConnectionResetError):
        ours.recv(100)


def test_a_byte_now_and_then_buys_no_time(watch, pair):
    ours, theirs = pair
    for _ in range(9):
        theirs.sendall(b"x")
        ours.recv(1)
        watch.now += 1
    theirs.sendall(b"x")
    watch.now += 2

    with pytest.raises(ConnectionResetError):
        ours.recv(1)


def test_a_large_upload_over_a_weak_network_is_given_the_time_it_needs(watch, pair):
    ours, theirs = pair
    for _ in range(50):
        theirs.sendall(b"x" * 10_000)
        assert ours.recv(10_000)
        watch.now += 4


def test_the_next_request_of_a_connection_begins_anew(watch, pair):
    ours, theirs = pair
    watch.now += 3600
    ours.begin()
    theirs.sendall(b"GET")

    assert ours.recv(100) == b"GET"


def test_whoever_never_takes_his_answer_is_left(pair, monkeypatch):
    ours, _ = pair
    monkeypatch.setattr(slow_clients, "_TAKING_AN_ANSWER", 0.01)
    monkeypatch.setattr(slow_clients, "_SLOWEST", 10**12)

    with pytest.raises(ConnectionResetError):
        ours.sendall(b"x" * 50_000_000)


class Broken(io.RawIOBase):
    """A body whose reading fails."""

    def __init__(self, error):
        self._error = error

    def read(self, _size=-1):
        raise self._error

    readline = read


@pytest.mark.parametrize("error", [ConnectionResetError("gone"), InvalidChunkSize("ZZ")])
@pytest.mark.parametrize("read", ["read", "readline", "readlines"])
def test_a_body_that_cannot_be_read_is_the_fault_of_the_client(error, read):
    def application(environ, start_response):
        with pytest.raises(ClientDisconnected):
            getattr(environ["wsgi.input"], read)()
        start_response("400 Bad Request", [])
        return [b""]

    environ = create_environ(method="POST") | {"wsgi.input": Broken(error)}

    assert run_wsgi_app(blame_the_client(application), environ)[1] == "400 Bad Request"


def test_a_body_is_read_as_it_was_sent():
    def application(environ, start_response):
        body = environ["wsgi.input"]
        start_response("200 OK", [])
        return [body.read(2), body.readline(), *body.readlines()]

    environ = create_environ(method="POST", data=b"ab1\nline 2\nline 3")

    assert b"|".join(run_wsgi_app(blame_the_client(application), environ)[0]) == b"ab|1\n|line 2\n|line 3"
