"""Which classifier is used: proposed by one, agreed to by another, taken back in one step."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, UnfitContent
from domain.terms import CaseEventKind, VersionStatus
from models import CaseEvent, ClassifierVersion
from tests.classifiers import a_version, the_shipped


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def leader(desk):
    return desk("leader")


@pytest.fixture
def classifiers(services):
    """With the shipped version in use and one that was trained beside it."""
    services.classifiers.keep(the_shipped())
    services.classifiers.keep(a_version())
    return services.classifiers


SHIPPED, TRAINED = the_shipped().name, a_version().name


def lines(session):
    kinds = [kind for kind in CaseEventKind if kind.startswith("classifier")]
    query = select(CaseEvent.kind, CaseEvent.actor, CaseEvent.old_value, CaseEvent.new_value)
    return [tuple(row) for row in session.execute(query.where(CaseEvent.kind.in_(kinds)).order_by(CaseEvent.id))]


def put_in_use(classifiers, petition, leader, name, before):
    switch = classifiers.propose(petition, name, note="更准")
    classifiers.decide(leader, switch, is_confirmed=True, instead_of=before)


def test_until_somebody_decides_the_shipped_one_is_used(classifiers):
    assert classifiers.in_use() is None


def test_two_people_put_a_version_in_use_and_the_journal_says_who(classifiers, petition, leader, session):
    put_in_use(classifiers, petition, leader, TRAINED, SHIPPED)

    assert classifiers.in_use() == TRAINED
    assert lines(session) == [
        ("classifier_proposed", "petition", None, TRAINED),
        ("classifier_activated", "leader", SHIPPED, TRAINED),
    ]


def test_a_proposal_alone_changes_nothing(classifiers, petition):
    classifiers.propose(petition, TRAINED, note="更准")

    assert classifiers.in_use() is None


def test_nobody_agrees_to_his_own_proposal(classifiers, petition):
    switch = classifiers.propose(petition, TRAINED, note="更准")

    with pytest.raises(NotAllowed):
        classifiers.decide(petition, switch, is_confirmed=True, instead_of=SHIPPED)
    assert not classifiers.switches(petition)[0].may_decide


def test_who_only_reads_changes_nothing(classifiers, desk):
    auditor = desk("auditor")

    assert len(classifiers.versions(auditor)) == 2
    for step in (
        lambda: classifiers.propose(auditor, TRAINED, note="x"),
        lambda: classifiers.decide(auditor, 1, is_confirmed=True, instead_of=SHIPPED),
        lambda: classifiers.roll_back(auditor, note="x"),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_who_may_not_see_the_lists_does_not_see_the_versions(classifiers, desk):
    with pytest.raises(NotAllowed):
        classifiers.versions(desk("group", "g_market"))


def test_a_refused_version_is_not_used_and_can_be_proposed_again(classifiers, petition, leader):
    switch = classifiers.propose(petition, TRAINED, note="更准")
    classifiers.decide(leader, switch, is_confirmed=False, instead_of=SHIPPED)

    assert classifiers.in_use() is None
    assert classifiers.propose(petition, TRAINED, note="再看看") != switch


def test_a_decision_falls_once(classifiers, petition, leader):
    switch = classifiers.propose(petition, TRAINED, note="更准")
    classifiers.decide(leader, switch, is_confirmed=False, instead_of=SHIPPED)

    with pytest.raises(Conflict):
        classifiers.decide(leader, switch, is_confirmed=True, instead_of=SHIPPED)


def test_a_version_is_proposed_once_while_nobody_decided(classifiers, petition):
    other = a_version(0.6)
    classifiers.keep(other)
    classifiers.propose(petition, TRAINED, note="更准")

    with pytest.raises(Conflict):
        classifiers.propose(petition, TRAINED, note="真的更准")
    classifiers.propose(petition, other.name, note="也准")


def test_who_confirms_has_seen_the_figures_beside_those_of_the_one_in_use_now(classifiers, petition, leader):
    switch = classifiers.propose(petition, TRAINED, note="更准")
    other = a_version(0.6)
    classifiers.keep(other)
    classifiers.use(other.name)

    with pytest.raises(Conflict):
        classifiers.decide(leader, switch, is_confirmed=True, instead_of=SHIPPED)
    assert classifiers.in_use() == other.name


@pytest.mark.parametrize("note", ["", "  ", "长" * 501])
def test_a_proposal_says_why(classifiers, petition, note):
    with pytest.raises(InvalidInput):
        classifiers.propose(petition, TRAINED, note=note)


def test_a_version_that_was_not_measured_like_the_one_in_use_is_not_proposed(classifiers, petition, session):
    elsewhere = a_version(0.6)
    classifiers.keep(replace(elsewhere, measured=replace(elsewhere.measured, tests="others")))

    assert classifiers.comparison(petition, elsewhere.name) is None
    with pytest.raises(Conflict):
        classifiers.propose(petition, elsewhere.name, note="更准")


def test_the_comparison_is_of_the_version_and_the_one_in_use(classifiers, petition):
    compared = classifiers.comparison(petition, TRAINED)

    assert (compared.version.name, compared.present.name) == (TRAINED, SHIPPED)
    assert compared.figures == {"test_top3": (0.7, 0.8)}
    assert compared.by_label == {"approval_payoff": (10, 7, 8)}
    assert classifiers.comparison(petition, SHIPPED) is None
    with pytest.raises(NotFound):
        classifiers.comparison(petition, "abcdef012345")


def test_one_person_goes_back_one_step_and_the_journal_says_who(classifiers, petition, leader, session):
    put_in_use(classifiers, petition, leader, TRAINED, SHIPPED)

    now = classifiers.roll_back(leader, note="误报太多", instead_of=TRAINED)

    assert (now, classifiers.in_use()) == (SHIPPED, None)
    assert lines(session)[-1] == ("classifier_rolled_back", "leader", TRAINED, SHIPPED)


def test_a_second_step_back_goes_further_back(classifiers, leader):
    names = [a_version(threshold).name for threshold in (0.5, 0.6, 0.7)]
    for threshold in (0.6, 0.7):
        classifiers.keep(a_version(threshold))
    for name in names:
        classifiers.use(name)

    steps = [classifiers.roll_back(leader, note="x") for _ in names]

    assert steps == [names[1], names[0], SHIPPED]
    with pytest.raises(Conflict):
        classifiers.roll_back(leader, note="x")


def test_a_step_back_from_what_somebody_changed_meanwhile_is_not_taken(classifiers, leader):
    classifiers.use(TRAINED)

    with pytest.raises(Conflict):
        classifiers.roll_back(leader, note="x", instead_of=SHIPPED)
    assert classifiers.in_use() == TRAINED


def test_going_back_needs_a_reason(classifiers, leader):
    classifiers.use(TRAINED)

    with pytest.raises(InvalidInput):
        classifiers.roll_back(leader, note=" ")


def test_the_shipped_one_is_proposed_like_any_other(classifiers, petition, leader):
    classifiers.use(TRAINED)
    put_in_use(classifiers, petition, leader, SHIPPED, TRAINED)

    assert classifiers.in_use() is None
    assert classifiers.roll_back(leader, note="x") == TRAINED


def test_a_damaged_version_is_never_put_in_use(classifiers, petition, leader, session):
    switch = classifiers.propose(petition, TRAINED, note="更准")
    damaged = a_version().parcel[:-2000] + b"x" * 2000
    session.execute(update(ClassifierVersion).where(ClassifierVersion.name == TRAINED).values(parcel=damaged))

    with pytest.raises(UnfitContent):
        classifiers.decide(leader, switch, is_confirmed=True, instead_of=SHIPPED)
    assert classifiers.in_use() is None


def test_the_parcel_of_another_version_under_this_name_is_never_put_in_use(classifiers, session):
    other = a_version(0.9).parcel
    session.execute(update(ClassifierVersion).where(ClassifierVersion.name == TRAINED).values(parcel=other))

    with pytest.raises(UnfitContent):
        classifiers.use(TRAINED)


def test_after_an_update_of_the_program_the_shipped_one_is_used_again(classifiers, services, leader):
    classifiers.use(TRAINED)
    services.parts = services.classifiers.parts = replace(services.parts, classifier_digest="the next program")

    assert classifiers.in_use() is None
    with pytest.raises(UnfitContent):
        classifiers.use(TRAINED)
    assert not any(version.is_fit for version in classifiers.versions(leader))


def test_training_the_same_again_makes_no_second_version(classifiers, leader):
    classifiers.keep(a_version(right=9))

    views = {view.name: view for view in classifiers.versions(leader)}
    assert len(views) == 2
    assert views[TRAINED].measured.by_label == {"approval_payoff": (10, 9)}


def test_of_old_versions_the_line_stays_and_the_content_goes(classifiers, leader):
    classifiers.use(TRAINED)
    later = [a_version(0.6 + number / 100) for number in range(8)]
    for version in later:
        classifiers.keep(version)

    fit = {view.name for view in classifiers.versions(leader) if view.is_fit and not view.is_shipped}

    assert len(classifiers.versions(leader)) == 10
    assert TRAINED in fit
    assert later[-1].name in fit
    assert later[0].name not in fit


def test_switches_say_by_whom(classifiers, petition, leader):
    put_in_use(classifiers, petition, leader, TRAINED, SHIPPED)
    classifiers.use(SHIPPED)

    latest, first = classifiers.switches(leader)

    assert (latest.proposed_by, latest.decided_by, latest.status) == (None, None, VersionStatus.ACTIVE)
    assert (first.version, first.note, first.proposed_by, first.decided_by) == (TRAINED, "更准", "演示1", "演示2")
