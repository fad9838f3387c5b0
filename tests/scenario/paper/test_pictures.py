"""The pictures of some days: their numbers lead to the list of the same days."""

from domain.terms import Role


def test_a_number_of_some_days_opens_the_list_of_these_days(sign_in, lodge):
    lodge()

    page = sign_in(Role.PETITION).get("/admin/pictures?from=2026-11-23&to=2026-11-23").text

    assert "/admin/cases?from=2026-11-23&amp;to=2026-11-23&amp;label=enforcement_payoff" in page
    assert "只算您能看到的 1 件" in page


def test_days_before_the_first_case_show_none(sign_in, lodge):
    lodge()

    assert "只算您能看到的 0 件" in sign_in(Role.PETITION).get("/admin/pictures?to=2026-11-22").text


def test_days_the_wrong_way_round_are_told_and_everything_is_shown(sign_in, lodge):
    lodge()

    page = sign_in(Role.PETITION).get("/admin/pictures?from=2026-12-02&to=2026-12-01").text

    assert "截止日期早于开始日期" in page
    assert "只算您能看到的 1 件" in page
