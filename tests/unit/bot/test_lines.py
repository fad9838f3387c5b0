import threading
import time

import pytest

from bot.lines import Lines

A_LONG_TIME = 60.0


def test_three_messages_of_one_person_are_heard_in_the_order_in_which_they_came():
    waits, heard = {2: threading.Event(), 3: threading.Event()}, []

    def wait(seconds):
        waits[int(threading.current_thread().name)].set()
        time.sleep(seconds)

    lines, until = Lines(wait), time.monotonic() + A_LONG_TIME

    def come(number):
        with lines.place("o1", until):
            heard.append(number)

    later = [threading.Thread(target=come, args=(number,), name=str(number)) for number in (2, 3)]
    with lines.place("o1", until):
        for thread in later:
            thread.start()
            assert waits[int(thread.name)].wait(timeout=20)
        heard.append(1)
    for thread in later:
        thread.join(timeout=20)

    assert heard == [1, 2, 3]


def test_another_person_does_not_wait():
    lines = Lines(never)

    with lines.place("o1", A_LONG_TIME), lines.place("o2", time.monotonic() + A_LONG_TIME):
        pass


def test_nobody_waits_longer_than_was_said():
    lines = Lines(never)

    with lines.place("o1", 0.0), lines.place("o1", 0.0):
        pass


def test_who_fails_keeps_nobody_waiting():
    lines = Lines(never)
    with pytest.raises(RuntimeError), lines.place("o1", 0.0):
        raise RuntimeError

    with lines.place("o1", time.monotonic() + A_LONG_TIME):
        pass


def never(seconds):
    raise AssertionError("waits")
