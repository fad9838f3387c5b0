"""Names of bodies written with a slip."""

import pytest

from classifier.spelling import Speller
from classifier.text import Reading
from tests.finding import units_in

SPELLER = Speller(
    ["城管局", "派出所", "市场监督管理局", "人力资源和社会保障局", "财政所", "财政局", "土地局", "土地菊"]
)


@pytest.mark.parametrize(
    ("text", "slip", "name"),
    [
        ("城关局收钱", "城关局", "城管局"),
        ("到派处所去", "派处所", "派出所"),
        ("人力资源社会保障局的人", "人力资源社会保障局", "人力资源和社会保障局"),
        ("市场监督管理理局", "市场监督管理理局", "市场监督管理局"),
        ("市场监督理管局罚我", "市场监督理管局", "市场监督管理局"),
    ],
)
def test_a_slip_is_recognised(text, slip, name):
    start, end, found = SPELLER.find(Reading(text))

    assert (text[start:end], found) == (slip, name)


@pytest.mark.parametrize("text", ["财政说没钱", "卫生间都不给", "城管", "理发所", "这个局", ""])
def test_ordinary_words_are_no_slips(text):
    assert SPELLER.find(Reading(text)) is None


@pytest.mark.parametrize("text", ["问县政府去", "仲裁员跟对方吃饭"])
def test_a_word_of_its_own_is_never_taken_for_a_slip_of_another(text):
    assert units_in(text).units == ()


def test_a_name_with_a_slip_leads_to_its_unit():
    assert units_in("城关局的人来店里要烟").units == ("urban_management",)


def test_no_slip_is_looked_for_where_a_name_stands_as_it_should():
    assert units_in("城关局让我去住建局盖章").units == ("housing_construction",)
