"""Word templates: what ships is laid out like an official document; what staff upload is checked before it is filled."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from app.reference import load_letters
from domain.errors import UnfitContent
from domain.terms import ReferenceList
from services.documents import MAX_BYTES, build_template, check_template, fill_template, text_of

FORMS = load_letters()
FORM = FORMS[ReferenceList.ACCEPTANCE_LETTER]


def faults_of(content, form=FORM):
    with pytest.raises(UnfitContent) as refused:
        check_template(content, form)
    return {code for code, _ in refused.value.faults}


def with_part(name, text, *, instead=False):
    """The shipped letter with one part more, or one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FORM.shipped())) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            if not (instead and entry.filename == name):
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, text)
    return made.getvalue()


def document_part(content, name="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


@pytest.mark.parametrize("letter", list(FORMS))
def test_every_shipped_letter_passes_its_own_check(letter):
    check_template(FORMS[letter].shipped(), FORMS[letter])


@pytest.mark.parametrize("letter", list(FORMS))
def test_a_filled_letter_has_no_brace_left(letter):
    form = FORMS[letter]
    words = "".join(text for _, text in text_of(fill_template(form.shipped(), form, form.sample)))

    assert "{" not in words
    assert "}" not in words


def test_a_letter_says_the_same_whenever_it_is_made():
    assert document_part(FORM.shipped()) == document_part(FORM.shipped())


def test_the_page_and_the_text_are_those_of_an_official_document():
    document = Document(io.BytesIO(FORM.shipped()))
    section, title, body, last = (
        document.sections[0], document.paragraphs[0], document.paragraphs[3], document.paragraphs[-1],
    )  # fmt: skip

    assert [round(length.mm) for length in (section.page_width, section.top_margin, section.left_margin)] == [
        210,
        37,
        28,
    ]
    assert (title.runs[0].font.name, title.runs[0].font.size, title.alignment) == ("SimHei", Pt(22), 1)
    assert document.styles["Normal"].font.name == "FangSong"
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert last.alignment == 2


def test_each_line_of_a_text_is_a_paragraph_of_the_letter():
    form = FORMS[ReferenceList.FEEDBACK_LETTER]
    filled = text_of(fill_template(form.shipped(), form, {**form.sample, "text": "第一段。\n第二段。"}))

    assert [words for _, words in filled].count("第一段。") == 1
    assert [words for _, words in filled].count("第二段。") == 1


def test_a_value_is_never_read_as_a_field_nor_as_markup():
    form = FORMS[ReferenceList.FEEDBACK_LETTER]
    filled = text_of(fill_template(form.shipped(), form, {**form.sample, "text": "{{编号}} <w:t> & \x07\x00"}))

    assert "{{编号}} <w:t> & " in [words for _, words in filled]


def test_a_table_has_as_many_rows_as_there_are_and_may_have_none():
    form = FORMS[ReferenceList.MONTHLY_REPORT]
    filled = text_of(fill_template(form.shipped(), form, {**form.sample, "by_unit": []}))

    assert "县某某局 | 46 | 100%" not in [words for stands, words in filled if stands == "row"]
    assert "吃 | 20 | 43%" in [words for stands, words in filled if stands == "row"]


def test_a_row_stays_in_one_piece_and_the_head_of_a_table_comes_again():
    form = FORMS[ReferenceList.MONTHLY_REPORT]
    tables = Document(io.BytesIO(fill_template(form.shipped(), form, form.sample))).tables
    marks = [
        [{qn("w:cantSplit"), qn("w:tblHeader")} & {mark.tag for mark in row._tr.trPr} for row in t.rows] for t in tables
    ]

    assert marks
    assert all(qn("w:cantSplit") in of for rows in marks for of in rows)
    assert all([qn("w:tblHeader") in of for of in rows] == [True] + [False] * (len(rows) - 1) for rows in marks)


@pytest.mark.parametrize("field", ["反映人", "被反映单位", "反馈内容"])
def test_a_letter_cannot_ask_for_what_its_kind_does_not_have(field):
    assert faults_of(build_template(f"{{{{{field}}}}}")) == {"unknown_field"}


@pytest.mark.parametrize(
    "text",
    [
        "{{编号.__class__}}",
        "{{编号|upper}}",
        "{{ 7 * 7 }}",
        "{{ [].append(1) }}",
        "{% set x = 1 %}",
        "{% if 编号 %}甲{% endif %}",
        "{% include 'x' %}",
        "{{ self }}",
        "{{ range(9) }}",
    ],
)
def test_a_template_may_hold_fields_and_nothing_that_runs(text):
    assert faults_of(build_template(text)) & {"field_not_allowed", "unknown_field"}


def test_braces_that_do_not_close_are_named():
    assert faults_of(build_template("{{编号")) <= {"field_syntax"}


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("word/vbaProject.bin", "x", "holds_macros"),
        ("word/embeddings/oleObject1.bin", "x", "holds_macros"),
        ("word/extra.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "not_a_word_file"),
        ("word/_rels/extra.xml.rels", '<x TargetMode="External"/>', "points_outside"),
        ("word/extra.xml", "<w:instrText> DDEAUTO cmd</w:instrText>", "holds_codes"),
        ("word/extra.xml", '<w:fldSimple w:instr="INCLUDETEXT c:/x"/>', "holds_codes"),
    ],
)
def test_what_runs_or_looks_outside_is_refused(name, text, fault):
    assert faults_of(with_part(name, text)) == {fault}


def test_a_file_with_macros_is_refused_by_its_type():
    types = document_part(FORM.shipped(), "[Content_Types].xml")
    macro = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )

    assert faults_of(with_part("[Content_Types].xml", macro, instead=True)) == {"not_a_word_file"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", "受理告知书".encode()])
def test_what_is_no_word_file_is_refused(content):
    assert faults_of(content) == {"not_a_word_file"}


def test_a_file_that_is_too_large_packed_or_unpacked_is_refused():
    assert faults_of(b"x" * (MAX_BYTES + 1)) == {"template_too_large"}
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * (40 << 20))
    assert faults_of(bomb.getvalue()) == {"template_too_large"}
