"""Public data for measuring."""

import csv
import gzip

import pytest

from classifier.public_sets import SETS, cross_validate, read_public_set

DOMAIN = next(s for s in SETS if s.name == "msga domain")


@pytest.fixture
def folder(tmp_path):
    rows = [{"text": f"路灯坏了{n}", "intent": "投诉", "domain": "城建"} for n in range(40)]
    rows += [{"text": f"学校收费{n}", "intent": "咨询", "domain": "教育"} for n in range(40)]
    rows += [{"text": "没有领域", "intent": "咨询", "domain": ""}, {"text": "少见", "intent": "咨询", "domain": "水利"}]
    with gzip.open(tmp_path / DOMAIN.file, "wt", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["text", "intent", "domain"])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_rows_without_a_label_and_rare_classes_are_left_out(folder):
    texts, labels = read_public_set(DOMAIN, folder)

    assert (len(texts), set(labels)) == (80, {"城建", "教育"})


def test_the_pipeline_tells_plain_classes_apart(folder):
    assert cross_validate(*read_public_set(DOMAIN, folder)) == 1.0


def test_a_set_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_public_set(DOMAIN, tmp_path)
