"""Citizen says, bot says: the beginning and the telling, in words, pictures and voice."""

import pytest

from bot.dialogue.effects import Classify
from bot.dialogue.events import Followed, OtherKind, OtherReceived, ScannedCard
from bot.dialogue.states import StateName
from domain.terms import Rank
from domain.values import Position, Slots
from tests.dialogue.conversing import (
    FINE,
    Chat,
    draft_of,
    suggested,
    told,
)

KNOWN = Slots(person="中队长", when="上周", where="店里", demand="两千元", evidence="收据", amount_cny=2000.0)


# ── the beginning ─────────────────────────────────────────────────────────────────────────────────
def test_who_follows_is_welcomed_with_the_menu() -> None:
    assert Chat().happens(Followed("card1")) == ["welcome", "menu"]


def test_the_menu_offers_what_the_service_card_promises() -> None:
    chat = Chat()
    chat.happens(Followed())
    assert chat.values["choices"] == ("优惠政策咨询", "涉企诉求", "项目受阻", "反映问题", "查进度")


def test_who_scans_a_card_again_gets_the_menu() -> None:
    assert Chat().happens(ScannedCard("card1")) == ["card_scanned", "menu"]


def test_who_scans_a_card_in_the_middle_goes_on_where_he_was() -> None:
    assert told().happens(ScannedCard("card1")) == ["card_scanned", "ask_when"]


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("1", "tell_policy"),
        ("２", "tell_help"),
        ("③", "tell_blocked"),
        ("四", "tell_report"),
        ("反映问题", "tell_report"),
        ("我要举报", "tell_report"),
    ],
)
def test_the_menu_is_answered_by_number_or_words(text: str, letter: str) -> None:
    assert Chat().citizen(text) == [letter]


@pytest.mark.parametrize(("key", "letter"), [("policy", "tell_policy"), ("report", "tell_report"), ("gone", "menu")])
def test_the_menu_of_the_account_does_the_same(key: str, letter: str) -> None:
    assert Chat().taps(key) == [letter]


def test_a_number_that_is_not_on_the_menu_is_no_report() -> None:
    assert Chat().citizen("9") == ["not_a_choice", "menu"]


def test_a_greeting_is_answered_with_the_menu() -> None:
    assert Chat().citizen("您好！") == ["menu"]


def test_thanks_begin_no_report() -> None:
    assert Chat().citizen("谢谢") == ["courtesy"]


def test_thanks_in_the_middle_repeat_the_question() -> None:
    assert told().citizen("好的") == ["ask_when"]


# ── telling ───────────────────────────────────────────────────────────────────────────────────────
def test_free_text_is_heard_before_anything_is_asked() -> None:
    assert Chat().citizen(FINE) == ["choose_kind"]


def test_several_messages_are_one_statement() -> None:
    chat = Chat().says(FINE, "罚完了还不给开票据")
    assert chat.state.draft.text == f"{FINE}\n罚完了还不给开票据"


def test_the_whole_statement_is_weighed_again_with_each_message() -> None:
    chat = Chat().says(FINE, "罚完了还不给开票据")
    assert chat.did(Classify) == [Classify(f"{FINE}\n罚完了还不给开票据")]


def test_pictures_before_any_word_are_kept_and_words_asked_for() -> None:
    chat = Chat()
    assert (chat.picture(1), chat.picture(2), chat.values["count"]) == (["tell_after_media"], ["tell_after_media"], 2)


def test_pictures_after_the_words_are_kept_without_repeating_the_question() -> None:
    chat = Chat().says(FINE)
    assert (chat.picture(1), chat.citizen("1")) == (["media_kept"], ["ask_unit"])


def test_pictures_go_with_the_report() -> None:
    chat = Chat()
    chat.picture(1)
    chat.says(FINE)
    chat.picture(2)
    chat.says("提交", "提交")
    assert draft_of(chat).attachments == (1, 2)


def test_a_voice_without_its_words_is_kept_and_asked_for_in_writing() -> None:
    chat = Chat()
    assert (chat.voice(), chat.state.draft.attachments) == (["voice_kept"], (8,))


def test_a_voice_with_its_words_is_heard_like_a_text() -> None:
    chat = Chat()
    assert (chat.voice(FINE), chat.state.draft.text) == (["choose_kind"], FINE)


def test_a_choice_can_be_spoken() -> None:
    chat = Chat().says(FINE)
    chat.voice("第一个")
    assert chat.state.draft.label == "arbitrary_fine"


def test_too_many_attachments_are_refused_aloud() -> None:
    chat = Chat().says(FINE)
    for number in range(20):
        chat.picture(number)
    assert (chat.picture(99), len(chat.state.draft.attachments)) == (["attachments_full"], 20)


def test_a_statement_that_is_too_long_is_refused_aloud() -> None:
    chat = Chat().says(FINE)
    assert (chat.citizen("长" * 16_000), chat.state.draft.text) == (["statement_full", "choose_kind"], FINE)


def test_a_text_without_facts_is_asked_for_them_twice_and_then_left_to_staff() -> None:
    chat = Chat()
    assert [chat.citizen(text) for text in ("他们坏", "就是坏", "坏")] == [
        ["need_facts"],
        ["need_facts_again"],
        ["ask_unit"],
    ]


def test_only_a_label_of_wrongdoing_is_asked_for_facts() -> None:
    chat = Chat(hears={"贪官": suggested("nk_no_substance")})
    assert [
        chat.citizen(text) for text in ("他们全都是一帮贪官污吏", "反正就是贪官你们去查", "贪官就是贪官没什么好说")
    ] == [
        ["need_facts"],
        ["need_facts_again"],
        ["ask_unit"],
    ]


def test_who_has_no_facts_may_skip() -> None:
    assert Chat().says("他们坏").citizen("跳过") == ["ask_unit"]


def test_abuse_makes_no_case() -> None:
    chat = Chat(hears={"加微信": suggested("nk_spam")})
    assert (chat.citizen("低价贷款办理请加微信详谈"), chat.state.name) == (["spam"], StateName.IDLE)


def test_who_was_taken_for_spam_by_mistake_can_go_back() -> None:
    chat = Chat(hears={"加微信": suggested("nk_spam")}).says("低价贷款办理请加微信详谈")
    assert chat.says("返回").says("提交").citizen("提交") == ["lodged"]


def test_abuse_of_an_official_is_no_spam() -> None:
    official = Position("所长", Rank.UNIT_MANAGED)
    chat = Chat(hears={"王八": suggested("nk_spam", positions=(official,))})
    assert chat.citizen("派出所所长就是个王八蛋") == ["choose_kind"]


@pytest.mark.parametrize(
    ("kind", "letter"),
    [
        (OtherKind.LINK, "link_received"),
        (OtherKind.FILE, "file_received"),
        (OtherKind.UNKNOWN, "unknown_received"),
    ],
)
def test_what_cannot_be_taken_is_said_to_be(kind: OtherKind, letter: str) -> None:
    assert told().happens(OtherReceived(kind)) == [letter, "ask_when"]


def test_a_place_before_any_word_is_kept() -> None:
    chat = Chat()
    assert (chat.place("人民路12号"), chat.state.draft.said_of("where")) == (
        ["location_kept", "tell_report"],
        "人民路12号",
    )


def test_a_place_answers_the_question_where() -> None:
    chat = Chat(hears={"所": suggested("enforcement_payoff", units=("market_regulation",))})
    chat.says("市场所的人来检查非要拿两条烟", "1", "上周")
    assert (chat.place("人民路12号"), chat.state.draft.said_of("where")) == (["ask_person"], "人民路12号")


def test_a_place_before_it_is_asked_for_is_not_asked_for_again() -> None:
    chat = told()
    assert chat.place("人民路12号") == ["location_kept", "ask_when"]


def test_a_place_without_an_address_cannot_be_used() -> None:
    assert told().place(" ") == ["location_unclear", "ask_when"]


def test_danger_is_told_110_and_nothing_else() -> None:
    chat = Chat(hears={"砸": suggested("failure_to_protect", in_danger=True)})
    assert chat.citizen("他们现在正拿着棍子砸我的店门") == ["danger"]


def test_who_goes_on_after_a_danger_is_heard() -> None:
    chat = Chat(hears={"砸": suggested("failure_to_protect", in_danger=True)})
    assert chat.says("他们现在正拿着棍子砸我的店门").citizen("报警了没人来，已经第三次了") == ["choose_kind"]


def test_a_danger_goes_with_the_report() -> None:
    chat = Chat(hears={"砸": suggested("failure_to_protect", in_danger=True)})
    chat.says("他们现在正拿着棍子砸我的店门", "跳过", "提交")
    assert (chat.citizen("提交"), draft_of(chat).in_danger) == (["lodged", "lodged_in_danger"], True)
