"""What a letter says, in words: facts of `services/letters.py` into texts by the keys of the fields."""

from datetime import date

from admin.presenters import Presenter
from services.letters import LetterFacts, MonthFacts


def case_values(show: Presenter, facts: LetterFacts) -> dict[str, str]:
    """The values of a letter about a case."""
    return {
        "case_number": facts.case_number,
        "today": in_words(show, facts.today),
        "received_on": in_words(show, facts.received_on),
        "accepted_on": in_words(show, facts.accepted_on),
        "kind": show.kind(facts.label),
        "unit": show.unit(facts.unit),
        "body": show.body(facts.body),
        "assigned_on": in_words(show, facts.assigned_on),
        "due_on": in_words(show, facts.due_on),
        "supervised_until": in_words(show, facts.supervised_until),
        "urging_count": str(facts.urging_count),
        "concluded_on": in_words(show, facts.concluded_on),
        "text": facts.text or "",
    }


def month_values(show: Presenter, facts: MonthFacts) -> dict[str, str | list[dict[str, str]]]:
    """The values of a month's report."""
    aspects = show.taxonomy.aspects
    words = show.words.labels["Sheet"]

    def rows(counted: tuple[tuple[str, int], ...]) -> list[dict[str, str]]:
        return [
            {"row_name": name, "cases": str(cases), "share": f"{cases / facts.received:.0%}"} for name, cases in counted
        ]

    return {
        "today": in_words(show, facts.today),
        "month": words["month"].format(year=facts.month.year, month=facts.month.month),
        "received": str(facts.received),
        "accepted": str(facts.accepted),
        "concluded": str(facts.concluded),
        "in_hand": str(facts.in_hand),
        "late": str(facts.late),
        "by_aspect": rows(tuple((aspects[key].name if key else words["other"], n) for key, n in facts.by_aspect)),
        "by_unit": rows(tuple((show.unit(key) or words["other"], n) for key, n in facts.by_unit)),
        "by_body": rows(tuple((show.body(key) or words["nobody"], n) for key, n in facts.by_body)),
    }


def in_words(show: Presenter, day: date | None) -> str:
    """A day as letters write it; empty for none."""
    pattern = show.words.labels["Sheet"]["day"]
    return pattern.format(year=day.year, month=day.month, day=day.day) if day else ""
