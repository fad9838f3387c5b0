import pytest

from app.reference import load_taxonomy, read_data
from domain.taxonomy import Taxonomy


def test_there_are_thirty_kinds_six_in_each_of_five_aspects():
    taxonomy = load_taxonomy()
    counts = [sum(k.aspect == aspect for k in taxonomy.kinds.values()) for aspect in taxonomy.aspects]

    assert counts == [6, 6, 6, 6, 6]


def test_every_neighbour_is_a_label():
    taxonomy = load_taxonomy()

    assert [k.key for k in taxonomy.kinds.values() if k.confusable_with not in taxonomy.labels] == []


def test_names_and_aspects_are_found_by_label():
    taxonomy = load_taxonomy()

    assert taxonomy.name_of("illegal_fee") == "违规收费搭车收费"
    assert taxonomy.name_of("nk_labour") == "劳动争议欠薪"
    assert (taxonomy.aspect_of("illegal_fee"), taxonomy.aspect_of("nk_labour"), taxonomy.aspect_of(None)) == (
        "enforcement",
        None,
        None,
    )


def test_a_file_with_a_kind_missing_is_refused():
    data = read_data("taxonomy.yaml")

    with pytest.raises(ValueError, match="counts"):
        Taxonomy.from_mapping({**data, "kinds": data["kinds"][1:]})
