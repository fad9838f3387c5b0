import pytest

from outbox.keywords import fit_keywords


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("thing1", 20),
        ("thing12", 20),
        ("character_string2", 32),
        ("phrase3", 5),
        ("name4", 10),
        ("keyword1", 20),
        ("const5", 20),
    ],
)
def test_a_keyword_is_cut_to_the_characters_of_its_type(name: str, longest: int) -> None:
    assert fit_keywords({name: "字" * 50}) == {name: {"value": "字" * longest}}


def test_a_short_keyword_stays_as_it_is() -> None:
    assert fit_keywords({"phrase1": "已更新"}) == {"phrase1": {"value": "已更新"}}


def test_line_breaks_become_spaces_because_the_platform_refuses_them() -> None:
    assert fit_keywords({"thing1": "您的事项\n有新进展"}) == {"thing1": {"value": "您的事项 有新进展"}}


@pytest.mark.parametrize("name", ["first", "remark"])
def test_a_field_that_the_platform_drops_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        fit_keywords({name: "您好", "thing1": "进展"})
