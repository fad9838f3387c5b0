from sqlalchemy import func, select

from models import SeenSignature


def test_a_signature_is_good_for_the_body_it_first_came_with(services):
    assert [services.plain_pushes.bind("s", body) for body in (b"a", b"b", b"a")] == [True, False, True]


def test_each_signature_has_a_body_of_its_own(services):
    assert all(services.plain_pushes.bind(signature, signature.encode()) for signature in "abc")


def test_what_is_too_old_to_be_taken_is_forgotten(services, clock):
    services.plain_pushes.bind("s", b"a")
    clock.forward(hours=2)
    services.plain_pushes.forget_old()

    assert services.session.scalar(select(func.count()).select_from(SeenSignature)) == 0
