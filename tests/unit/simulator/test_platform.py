import threading
from pathlib import Path

import pytest

from simulator import SimulatorSettings, make_blueprints
from simulator.platform import OUTSIDE_WINDOW, QUOTA_USED_UP, Channel, Direction, Platform, Trigger
from simulator.store import Store
from tests.unit.simulator.fakes import Clock


def say(platform: Platform, openid: str, text: str = "收到") -> None:
    platform.add_message(openid, Direction.ACCOUNT, Channel.PASSIVE, "text", {"text": text})


class TestWindows:
    def test_nobody_may_be_written_to_before_he_wrote(self, platform: Platform, openid: str) -> None:
        assert platform.spend_message(openid) == OUTSIDE_WINDOW

    def test_a_message_allows_five(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)

        assert [platform.spend_message(openid) for _ in range(6)] == [0, 0, 0, 0, 0, QUOTA_USED_UP]

    def test_a_message_refills_the_five_and_does_not_add_to_them(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        platform.spend_message(openid)
        platform.open_window(openid, Trigger.MESSAGE)

        assert [platform.spend_message(openid) for _ in range(6)] == [0, 0, 0, 0, 0, QUOTA_USED_UP]

    def test_the_window_closes_after_48_hours(self, platform: Platform, openid: str, clock: Clock) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        clock.seconds += 48 * 3600 - 1
        just_in_time = platform.spend_message(openid)
        clock.seconds += 1

        assert (just_in_time, platform.spend_message(openid)) == (0, OUTSIDE_WINDOW)

    def test_a_tap_allows_three_within_a_minute(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.TOUCH)

        assert [platform.spend_message(openid) for _ in range(4)] == [0, 0, 0, QUOTA_USED_UP]

    def test_a_tap_does_not_reopen_the_48_hours(self, platform: Platform, openid: str, clock: Clock) -> None:
        platform.open_window(openid, Trigger.TOUCH)
        clock.seconds += 61

        assert platform.spend_message(openid) == OUTSIDE_WINDOW

    def test_open_windows_do_not_add_up(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        platform.open_window(openid, Trigger.TOUCH)

        assert [platform.spend_message(openid) for _ in range(6)].count(0) == 5

    def test_leaving_closes_the_window(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        platform.set_followed(openid, followed=False)

        assert platform.spend_message(openid) == OUTSIDE_WINDOW

    def test_parallel_sends_do_not_get_past_the_quota(self, platform: Platform, openid: str) -> None:
        platform.open_window(openid, Trigger.MESSAGE)
        verdicts: list[int] = []
        threads = [threading.Thread(target=lambda: verdicts.append(platform.spend_message(openid))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(verdicts) == [0] * 5 + [QUOTA_USED_UP] * 7


class TestPeople:
    def test_there_are_at_least_four_and_nobody_follows_yet(self, platform: Platform, client: object) -> None:
        personas = platform.personas()

        assert len(personas) >= 4
        assert not any(persona.followed for persona in personas)

    def test_a_second_start_changes_nobody(self, settings: SimulatorSettings, platform: Platform, openid: str) -> None:
        before = platform.personas()

        make_blueprints(settings)

        assert platform.personas() == before

    def test_a_new_person_is_a_stranger_with_an_openid_of_the_usual_length(self, platform: Platform) -> None:
        openid = platform.add_persona("新人", "")

        person = platform.persona(openid)
        assert person is not None
        assert (len(openid), person.followed) == (28, False)

    def test_lines_are_unread_until_they_are_read(self, platform: Platform, openid: str) -> None:
        say(platform, openid)
        say(platform, openid)
        first = platform.messages(openid)[0].id
        platform.mark_read(openid, first)

        assert [person.unread for person in platform.personas() if person.openid == openid] == [1]

    def test_only_what_came_later_is_given(self, platform: Platform, openid: str) -> None:
        say(platform, openid, "一")
        first = platform.messages(openid)[0].id
        say(platform, openid, "二")

        assert [message.content for message in platform.messages(openid, first)] == [{"text": "二"}]


class TestMedia:
    def test_media_are_forgotten_after_three_days(self, platform: Platform, clock: Clock) -> None:
        media_id = platform.add_media("voice", "audio/amr", b"#!AMR\n")
        clock.seconds += 3 * 24 * 3600 - 1
        kept = platform.media(media_id)
        clock.seconds += 1

        assert kept is not None
        assert platform.media(media_id) is None


class TestStore:
    def test_another_process_sees_what_was_written(
        self, settings: SimulatorSettings, platform: Platform, openid: str
    ) -> None:
        say(platform, openid, "收到")

        assert len(Platform(Store(settings.store_path), Clock()).messages(openid)) == 1

    def test_many_workers_may_start_at_once(self, tmp_path: Path) -> None:
        failures: list[Exception] = []

        def start() -> None:
            try:
                Store(tmp_path / "deep" / "simulator.sqlite3")
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=start) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []

    def test_a_failed_transaction_leaves_nothing(
        self, platform: Platform, settings: SimulatorSettings, openid: str
    ) -> None:
        def fail_half_way() -> None:
            with Store(settings.store_path).write() as db:
                db.execute("DELETE FROM persona")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_half_way()

        assert platform.persona(openid) is not None
