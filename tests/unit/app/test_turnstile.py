"""A few threads work at once, the others wait for a place; whoever sleeps lets others work, and nobody waits for ever."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from app.turnstile import Turnstile


def test_no_more_threads_work_at_once_than_there_are_places():
    turnstile, working, seen = Turnstile(places=2), [], []
    together = Barrier(2, timeout=10)

    def work(number):
        with turnstile.place():
            working.append(number)
            seen.append(len(working))
            together.wait()  # both places are taken now
            seen.append(len(working))
            together.wait()
            working.remove(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    assert max(seen) == 2


def test_whoever_sleeps_lets_somebody_else_work():
    turnstile, came = Turnstile(places=1, patience=10), Event()

    def come():
        with turnstile.place():
            came.set()

    with ThreadPoolExecutor(1) as pool, turnstile.place():
        pool.submit(come)
        while not came.is_set():
            turnstile.sleep(0.01)


def test_places_are_given_in_the_order_of_arrival():
    turnstile, served = Turnstile(places=1, patience=3600), []

    def come(number):
        with turnstile.place():
            served.append(number)

    with ThreadPoolExecutor(5) as pool, turnstile.place():
        for number in range(5):
            pool.submit(come, number)
            while turnstile.waiting <= number:
                time.sleep(0.001)

    assert served == [0, 1, 2, 3, 4]


def test_whoever_waited_in_vain_goes_on_without_a_place_and_gives_none_back():
    turnstile = Turnstile(places=1, patience=0.01)

    def work():
        with turnstile.place():
            turnstile.sleep(0)
            return True

    with ThreadPoolExecutor(1) as pool, turnstile.place():
        assert pool.submit(work).result(timeout=10)


def test_an_error_gives_the_place_back():
    turnstile = Turnstile(places=1, patience=3600)

    def fail():
        with turnstile.place():
            raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            fail()
