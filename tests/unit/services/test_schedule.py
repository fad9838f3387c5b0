"""A periodic job is due at its time, for one worker."""

from datetime import timedelta

EVERY = timedelta(minutes=10)


def test_a_job_is_due_until_somebody_claims_it_and_again_after_its_time(services, clock):
    names = ["sweep", "other"]

    assert services.schedule.due(names) == {"sweep", "other"}
    assert services.schedule.claim("sweep", EVERY)
    assert services.schedule.due(names) == {"other"}
    assert not services.schedule.claim("sweep", EVERY)
    clock.forward(minutes=10)
    assert services.schedule.due(names) == {"sweep", "other"}
    assert services.schedule.claim("sweep", EVERY)


def test_a_job_in_a_hurry_is_due_in_a_moment(services, clock):
    services.schedule.claim("sweep", EVERY)
    services.schedule.hurry("sweep")
    assert not services.schedule.due(["sweep"])
    clock.forward(seconds=2)
    assert services.schedule.due(["sweep"]) == {"sweep"}
