"""From a signed push to a case, over HTTP, with the real classifier."""

import pytest


@pytest.mark.parametrize("aes", [True, False], ids=["safe", "plain"])
def test_a_story_becomes_a_case_with_number_and_code(make_site, database_url, aes):
    site = make_site(database_url, aes=aes)
    citizen = site.citizen()
    welcome = citizen.follows("card-0001")
    number, code = citizen.lodges(
        "我在城东开修车行，上个月市监局的一个所长来店里检查灭火器，说不给两条烟就要罚我五千。"
    )

    assert "敲门问诊" in welcome
    with site.system.transact() as services:
        case = services.casework.case_by_number(number)
        assert (case.source, case.scene_code, case.unit, case.owner) == (
            "wechat",
            "card-0001",
            "market_regulation",
            "g_market",
        )
        assert services.tracking.find(number, code).case_number == number
