"""Every letter the conversation can say, with the values it is given. `bot/words.py` refuses words that do not fit."""

_CHOICES = frozenset({"choices"})


def _given(*names: str) -> frozenset[str]:
    return frozenset(names)


LETTERS: dict[str, frozenset[str]] = {
    # the beginning
    "welcome": _given("report_url"),
    "menu": _CHOICES,
    "card_scanned": _given(),
    "help": _given(),
    "person": _given(),
    "courtesy": _given(),
    "left": _given(),
    "cancelled": _given(),
    "restored": _given(),
    "forgotten": _given(),
    "expired": _given(),
    "failed": _given(),
    "throttled": _given(),
    "not_a_choice": _given(),
    "nothing_before": _given(),
    "nothing_to_skip": _given(),
    "nothing_to_submit": _given(),
    "words_missing": _given(),
    "already_lodged": _given("case_number"),
    "code_renewed": _given("case_number", "query_code"),
    "code_not_renewed": _given(),
    "no_identity_card": _given(),
    # telling
    "tell_report": _given(),
    "tell_policy": _given(),
    "tell_help": _given(),
    "tell_blocked": _given(),
    "tell_more": _given(),
    "tell_after_media": _given("count"),
    "statement_full": _given(),
    "attachments_full": _given(),
    "media_kept": _given("count"),
    "voice_kept": _given(),
    "location_kept": _given(),
    "location_unclear": _given(),
    "link_received": _given(),
    "file_received": _given(),
    "unknown_received": _given(),
    "noted": _given(),
    "need_facts": _given(),
    "need_facts_again": _given(),
    "rephrase": _given(),
    "danger": _given(),
    "spam": _given(),
    # kind and unit
    "choose_kind": _CHOICES | {"unit"},
    "choose_between": _CHOICES,
    "distinguish": _CHOICES | {"question"},
    "choose_track": _CHOICES,
    "kind_by_staff": _given(),
    "redirect": _CHOICES | {"advice", "where", "phone", "hours"},
    "redirect_end": _given(),
    "choose_unit": _CHOICES | {"ask"},
    "ask_unit": _given(),
    "ask_unit_as": _given("ask"),
    # facts
    "ask_when": _given(),
    "ask_where": _given(),
    "ask_person": _given(),
    "ask_demand": _given(),
    "ask_evidence": _given(),
    "evidence_kept": _given(),
    # signing
    "sign": _CHOICES,
    "leave_contact": _CHOICES,
    "ask_name": _given(),
    "bad_name": _given(),
    "ask_contact": _given(),
    "bad_contact": _given(),
    # summary and lodging
    "review": _CHOICES
    | {"beginning", "kind", "unit", "when", "where", "person", "demand", "amount", "evidence", "count"}
    | {"anonymous", "name", "contact"},
    "lodge_failed": _given(),
    "lodged": _given("case_number", "query_code"),
    "lodged_named": _given(),
    "lodged_help": _given(),
    "lodged_in_danger": _given(),
    # side questions
    "resume": _CHOICES | {"beginning", "count"},
    "place": _CHOICES | {"case_number"},
    "confirm_upward": _CHOICES | {"title"},
    "referred_upward": _given(),
    "upward_again": _CHOICES,
    # following up
    "ask_number": _given(),
    "ask_code": _given(),
    "not_a_number": _given(),
    "case_not_found": _given(),
    "choose_case": _CHOICES,
    "case_view": _given("case_number", "status", "received_on", "declined_to"),
    "case_feedback": _given("feedback"),
    "case_questions": _given("questions"),
    "case_actions": _CHOICES,
    "supplement": _given(),
    "withdraw": _CHOICES,
    "rate": _CHOICES,
    "ask_why": _given(),
    "done_supplemented": _given(),
    "done_withdrawn": _given(),
    "done_withdrawal_noted": _given(),
    "done_rated": _given(),
    "done_objected": _given(),
}
# Losing one of these would leave a person without a way on.
NEVER_LEFT_OUT = _CHOICES | {"case_number", "query_code"}

# Keys that `words/choices.yaml` must have.
CHOICES = (
    "policy", "help", "blocked", "report", "track",
    "yes", "no", "none", "by_staff", "unsure_unit",
    "misconduct", "only_help", "anonymous", "named",
    "add", "change_kind", "change_unit", "change_signing",
    "continue", "anew", "supplement_it", "new_matter", "is_accused", "only_mentioned",
    "supplement", "withdraw", "rate", "other_case", "leave", "withdraw_yes", "withdraw_no",
    "satisfied", "fair", "dissatisfied",
)  # fmt: skip
