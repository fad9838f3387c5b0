"""The page of the classifier: what is used, a training run, a version put in use by two people, the step back."""

import pytest
from sqlalchemy import select

from domain.terms import CaseEventKind, Role, TrainingStage
from models import CaseEvent
from services.classifier_views import Measured
from tests.classifiers import TESTS, a_version, the_shipped

PAGE = "/admin/classifier"
SHIPPED, TRAINED = the_shipped(), a_version()


@pytest.fixture
def versions(system):
    """The shipped version, and one that a training run made of seven decisions."""
    with system.transact() as services:
        services.classifiers.keep(SHIPPED)
        services.classifiers.keep(TRAINED)


@pytest.fixture
def petition(sign_in):
    return sign_in(Role.PETITION, "petition_office")


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


@pytest.fixture
def decided(versions, petition, lodge, clock):
    """A decision of staff that nothing was trained with yet."""
    clock.forward(minutes=1)
    number = lodge()
    petition.post(
        f"/admin/cases/{number}/classify", data={"version": "1", "label": "illegal_fee", "reason": "收的是费"}
    )


def in_use(system):
    with system.transact(read_only=True) as services:
        return services.classifiers.present_name()


def propose(browser, name=TRAINED.name, note="更准"):
    return browser.post(f"{PAGE}/{name}/proposal", data={"note": note})


def confirm(browser, switch=1, instead_of=SHIPPED.name, what="confirm"):
    return browser.post(f"{PAGE}/proposals/{switch}/{what}", data={"instead_of": instead_of})


def test_the_lists_lead_to_the_classifier(petition):
    assert f'href="{PAGE}"' in petition.get("/admin/reference").text


def test_the_page_says_what_is_used_and_from_what_it_learned(petition, versions):
    page = petition.get(PAGE).text

    assert "正在使用" in page
    assert SHIPPED.name in page
    assert "7 条工作人员的分类决定（其中 2 条改正了建议）" in page


def test_a_page_without_any_version_says_so(petition):
    assert "还没有登记任何版本" in petition.get(PAGE).text


def test_a_version_stands_beside_the_one_in_use_with_what_changed_in_words(petition, versions, system):
    with system.transact() as services:
        figures = {"test_top3": 0.9, "test_precision": 0.5, "test_scope": 0.8}
        services.classifiers.note_measured(SHIPPED.name, Measured(TESTS, figures, {"illegal_fee": (10, 9)}))
        figures = {"test_top3": 0.95, "test_precision": 0.47, "test_scope": 0.8}
        services.classifiers.note_measured(TRAINED.name, Measured(TESTS, figures, {"illegal_fee": (10, 7)}))
    page = petition.get(f"{PAGE}/{TRAINED.name}").text

    assert "升 5.0 个百分点" in page
    assert "降 3.0 个百分点" in page
    assert "变好 1 项，变差 1 项" in page
    assert "少对 2 条" in page


def test_two_people_put_it_in_use_and_one_takes_it_back(petition, leader, versions, system):
    assert propose(petition).status_code == 302
    before = in_use(system)
    assert confirm(leader).status_code == 302
    used = in_use(system)
    answer = leader.post(f"{PAGE}/roll-back", data={"note": "误报太多", "instead_of": TRAINED.name})

    assert answer.status_code == 302
    assert (before, used, in_use(system)) == (SHIPPED.name, TRAINED.name, SHIPPED.name)
    assert "误报太多" in petition.get(PAGE).text


def test_nobody_agrees_to_his_own_proposal(petition, versions, system):
    propose(petition)

    assert "/confirm" not in petition.get(f"{PAGE}/{TRAINED.name}").text
    assert confirm(petition).status_code == 403
    assert in_use(system) == SHIPPED.name


def test_who_confirms_is_told_when_another_one_came_into_use_meanwhile(petition, leader, versions, system):
    propose(petition)
    with system.transact() as services:
        other = a_version(0.6)
        services.classifiers.keep(other)
        services.classifiers.use(other.name)

    answer = confirm(leader)

    assert (answer.status_code, "已经不是最新的" in answer.text) == (409, True)
    assert in_use(system) == other.name


def test_a_refused_version_is_not_used(petition, leader, versions, system):
    propose(petition)

    assert confirm(leader, what="refuse").status_code == 302
    assert in_use(system) == SHIPPED.name


def test_a_proposal_without_a_reason_is_refused_beside_the_field(petition, versions):
    answer = propose(petition, note=" ")

    assert (answer.status_code, "还没有填写" in answer.text) == (400, True)


def test_going_back_without_a_reason_or_without_anything_before_is_refused(leader, versions, system):
    nothing = leader.post(f"{PAGE}/roll-back", data={"note": "x", "instead_of": SHIPPED.name})
    with system.transact() as services:
        services.classifiers.use(TRAINED.name)
    silent = leader.post(f"{PAGE}/roll-back", data={"instead_of": TRAINED.name})

    assert (nothing.status_code, silent.status_code, in_use(system)) == (409, 400, TRAINED.name)


def test_what_the_command_line_put_in_use_is_shown_as_such(petition, versions, system):
    with system.transact() as services:
        services.classifiers.use(TRAINED.name)

    assert "命令行" in petition.get(PAGE).text


def test_an_unknown_version_is_not_found(petition, versions):
    assert petition.get(f"{PAGE}/abcdef012345").status_code == 404
    assert propose(petition, "abcdef012345").status_code == 404


def test_the_auditor_reads_and_is_offered_nothing(sign_in, versions):
    auditor = sign_in(Role.AUDITOR)
    pages = auditor.get(PAGE).text + auditor.get(f"{PAGE}/{TRAINED.name}").text

    assert TRAINED.name in pages
    assert "/proposal" not in pages
    assert 'action="/admin/classifier' not in pages


# ── training ─────────────────────────────────────────────────────────────────────────────────────
def test_a_training_run_is_asked_for_once_and_shown_until_it_is_done(petition, decided, versions, system, clock):
    first = petition.post(f"{PAGE}/training")
    again = petition.post(f"{PAGE}/training")
    waiting = petition.get(PAGE).text
    with system.transact() as services:
        claim = services.retraining.claim()
        services.retraining.beat(claim, TrainingStage.TRAINING)
    running = petition.get(f"{PAGE}/training").text
    clock.forward(minutes=3)
    with system.transact() as services:
        services.retraining.finish(claim, a_version(0.6))
    done = petition.get(f"{PAGE}/training").text
    by_script = petition.get(f"{PAGE}/training", headers={"HX-Request": "true"})

    assert (first.status_code, again.status_code, "同一时间只能有一次" in again.text) == (302, 409, True)
    assert "排队等后台任务" in waiting
    assert "第 2 步，共 3 步" in running
    assert "hx-get" in running
    assert a_version(0.6).name in done
    assert "hx-get" not in done
    assert by_script.headers["HX-Refresh"] == "true"


def test_a_failed_run_says_so_and_that_nothing_changed(petition, decided, versions, system):
    petition.post(f"{PAGE}/training")
    with system.transact() as services:
        services.retraining.fail(services.retraining.claim(), "MemoryError")
    page = petition.get(PAGE).text

    assert "没有成功" in page
    assert "MemoryError" in page
    assert "用这些决定重新训练" in page


def test_without_new_decisions_no_run_is_offered_nor_taken(petition, versions):
    assert "用这些决定重新训练" not in petition.get(PAGE).text
    answer = petition.post(f"{PAGE}/training")
    assert (answer.status_code, "没有新的分类决定" in answer.text) == (409, True)


def test_every_step_is_a_line_of_the_journal_with_who_took_it(petition, leader, decided, versions, system):
    petition.post(f"{PAGE}/training")
    propose(petition)
    confirm(leader)
    leader.post(f"{PAGE}/roll-back", data={"note": "误报太多", "instead_of": TRAINED.name})
    with system.transact(read_only=True) as services:
        kinds = [CaseEventKind.RETRAINING_REQUESTED, *(k for k in CaseEventKind if k.startswith("classifier"))]
        query = select(CaseEvent.kind, CaseEvent.actor).where(CaseEvent.kind.in_(kinds)).order_by(CaseEvent.id)
        lines = [tuple(row) for row in services.session.execute(query)]

    assert lines == [
        ("retraining_requested", "petition"),
        ("classifier_proposed", "petition"),
        ("classifier_activated", "leader"),
        ("classifier_rolled_back", "leader"),
    ]
