"""The commands for machines: a line that cannot be read gets one clear line, an argument that cannot be gets one sentence."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz.strategies import anything, mutations, typed

MESSAGE = json.dumps({"id": "a1", "text": "城管的人每个月来收五十块钱"}).encode()


def run(target, *arguments, given_input=None):
    result = target.app.test_cli_runner().invoke(args=list(arguments), input=given_input)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@settings(max_examples=100)
@given(st.lists(mutations(MESSAGE) | st.binary(max_size=80), max_size=4))
@example([b'{"id": 1, "text": null}', b"[" * 100_000, b'{"text": ' + b'"x"' * 3, b'"text"', b"\xff\xfe", b"1e999"])
@example([b'{"id": 1, "text": "' + b"x" * 300_000 + b'"}', MESSAGE])
@example([b'{"id": NaN, "text": "\\ud800 \\u0000"}', MESSAGE])
def test_every_line_of_input_is_answered_by_one_line(target, lines):
    lines = [line.replace(b"\n", b" ").replace(b"\r", b" ") for line in lines]
    result = run(target, "suggest", given_input=b"\n".join(lines))
    answers = [json.loads(line) for line in result.output.splitlines()]

    assert len(answers) == sum(1 for line in lines if line.strip())
    assert all(("error" in answer) != ("label" in answer) for answer in answers)
    assert result.exit_code == (1 if any("error" in answer for answer in answers) else 0)


def test_a_broken_line_does_not_cost_the_good_ones_beside_it(target):
    result = run(target, "suggest", given_input=b"\n".join((MESSAGE, b"{broken", MESSAGE)))
    answers = [json.loads(line) for line in result.output.splitlines()]

    assert [answer.get("error") for answer in answers] == [None, "invalid_json", None]


@settings(max_examples=40)
@given(st.sampled_from((["ledger", "--since"], ["ledger", "--until"], ["deadlines", "sweep", "--now"])), typed)
@example(["ledger", "--until"], "9999-12-31")
@example(["ledger", "--since"], "0001-01-01")
@example(["deadlines", "sweep", "--now"], "9999-12-31")
@example(["deadlines", "sweep", "--now"], "0001-01-01")
@example(["deadlines", "sweep", "--now"], "0001-01-01T00:00:00+23:59")
@example(["deadlines", "sweep", "--now"], "9999-12-31T23:59:59-12:00")
def test_no_date_falls_over(target, command, value):
    result = run(target, *command, value)

    assert result.exit_code == 0 or "Error" in result.output


@settings(max_examples=20)
@given(st.binary(max_size=300) | mutations(b"qiaomen sealed file 1\n" + b"0" * 100))
def test_no_file_that_is_no_backup_is_restored(target, tmp_path_factory, content):
    file = tmp_path_factory.mktemp("backup") / "file"
    file.write_bytes(content)
    result = run(target, "restore", "--check", str(file))

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert len(result.output.splitlines()) == 1


@settings(max_examples=30)
@given(st.lists(anything, max_size=3))
def test_no_line_that_is_no_anchor_falls_over(target, tmp_path_factory, lines):
    file = tmp_path_factory.mktemp("anchors") / "file"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    result = run(target, "journal", "verify", "--anchors", str(file))

    assert result.exit_code in {0, 1}


@pytest.mark.parametrize(
    "command", ["suggest", "inbound", "ledger", "deadlines", "outbox", "journal", "backup", "restore"]
)
def test_every_command_of_the_contract_explains_itself(target, command):
    assert run(target, command, "--help").exit_code == 0
