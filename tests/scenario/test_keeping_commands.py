"""What an operator types: verify the journal, back up, restore, and what he is told when it cannot be done."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import create_app
from outbox.worker import Job
from tests.scenario.staff import Clerk


@pytest.fixture
def run(site):
    runner = site.app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=list(arguments))


def told(result):
    return json.loads(result.output.splitlines()[-1])


def test_the_journal_verifies_until_somebody_changes_it(site, run):
    site.citizen().lodges("我想反映市监局的人来店里检查要了两条烟")

    assert told(run("journal", "verify")) | {"ok": True, "entries": 1, "anchors": 0} == told(run("journal", "verify"))

    with site.system.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER case_event_no_update"))
        connection.execute(text("UPDATE case_event SET actor = 'leader'"))
    found = run("journal", "verify")
    assert found.exit_code == 1
    assert told(found)["broken"] == "line_changed"


def test_steps_taken_in_the_console_are_lines_of_the_chain_too(site, run):
    number, _ = site.citizen().lodges("我想反映市监局的人来店里检查要了两条烟")
    run("staff", "create", "petition", "--name", "甲", "--role", "petition", "--password", "a long password")
    clerk = Clerk(site.url, "petition", "a long password")
    assert clerk.http.get(f"{site.url}/admin/cases/{number}", timeout=10).status_code == 200

    assert told(run("journal", "verify"))["entries"] == 2


def test_a_printed_anchor_is_checked_when_it_comes_back(site, run, tmp_path):
    site.citizen().lodges("我想反映市监局的人来店里检查要了两条烟")
    paper = tmp_path / "paper.txt"
    paper.write_text(run("journal", "anchor").output)

    assert run("journal", "verify", "--anchors", str(paper)).exit_code == 0
    paper.write_text(paper.read_text().replace(" 1 ", " 2 "))
    assert run("journal", "verify", "--anchors", str(paper)).exit_code == 1
    paper.write_text("something else\n")
    assert "line 1 of" in run("journal", "verify", "--anchors", str(paper)).output


def test_a_backup_restores_into_an_empty_instance(site, run, tmp_path):
    number, _ = site.citizen().lodges("我想反映市监局的人来店里检查要了两条烟")
    file = tmp_path / "today.qm"

    assert told(run("backup", str(file)))["cases"] == 1
    assert told(run("restore", "--check", str(file)))["backup"] == "whole"
    assert "not empty" in run("restore", str(file)).output

    elsewhere = {"database_url": f"sqlite:///{tmp_path / 'other.sqlite3'}", "instance": tmp_path / "other"}
    other = create_app(site.settings.model_copy(update=elsewhere))
    answer = other.test_cli_runner().invoke(args=["restore", str(file)])
    assert told(answer) | {"cases": 1, "journal_ok": True} == told(answer)
    assert number in other.test_cli_runner().invoke(args=["ledger"]).output
    other.extensions["system"].engine.dispose()


def test_a_file_that_is_no_backup_is_refused_in_one_line(run, tmp_path):
    (tmp_path / "letter.txt").write_text("no backup")

    answer = run("restore", str(tmp_path / "letter.txt"))
    assert answer.exit_code == 1
    assert answer.output.strip().splitlines()[-1] == "Error: this file was not written by `flask backup`"


def test_one_round_of_the_worker_says_what_failed_and_ends_with_one(run, monkeypatch):
    def fail(_services):
        raise OSError("the disk is full")

    assert run("outbox", "run", "--once").exit_code == 0
    monkeypatch.setattr("outbox.worker.JOBS", (Job("a job", timedelta(hours=1), fail),))
    done = run("outbox", "run", "--once")

    assert done.exit_code == 1
    assert told(done)["failed"] == ["a job"]
