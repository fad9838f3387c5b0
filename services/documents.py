"""Word files: makes the shipped ones from plain text, checks what staff upload, fills fields in. Knows no case and no rule.

A template may hold fields, and rows that repeat; nothing that runs, asks the network or looks outside of what it is given.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from domain.errors import UnfitContent

MAX_BYTES = 2 << 20
_MAX_UNPACKED = 30 << 20
_MAX_PARTS = 300
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_FIELD_CODE = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)\"")
_HARMLESS_CODES = ("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION")
# What a template may say: text, fields, and one loop over the rows of a table.
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.For, nodes.Getattr)

_TEXT, _HEADING, _DIGITS = "FangSong", "SimHei", "SimSun"

Values = Mapping[str, str | list[dict[str, str]]]


class _Fields(SandboxedEnvironment):
    """Refuses everything but the names that were given."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self._known = frozenset(known)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        faults = [("field_not_allowed", type(node).__name__) for node in _all(tree) if not isinstance(node, _ALLOWED)]
        rows = {node.target.name for node in tree.find_all(nodes.For) if isinstance(node.target, nodes.Name)}
        faults += [
            ("unknown_field", node.name)
            for node in tree.find_all(nodes.Name)
            if node.name not in self._known and node.name not in rows
        ]
        faults += [
            ("unknown_field", node.attr) for node in tree.find_all(nodes.Getattr) if node.attr not in self._known
        ]
        if faults:
            raise UnfitContent(dict.fromkeys(faults))
        return tree


def _all(node: nodes.Node) -> Iterable[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


@dataclass(frozen=True, slots=True)
class LetterForm:
    """A kind of letter: the shipped text, what its fields are called, and an invented value of each for a look at it.

    `names` has the name in the template for each key; rows of tables are lists of such values.
    """

    text: str
    names: Mapping[str, str]
    sample: Values

    def named(self, values: Values) -> dict[str, Any]:
        """Values by key as values by name."""
        return {
            self.names[key]: [{self.names[column]: cell for column, cell in row.items()} for row in value]
            if isinstance(value, list)
            else value
            for key, value in values.items()
            if key in self.names
        }

    def shipped(self) -> bytes:
        """The shipped template as a Word file."""
        return build_template(self.text)


def check_template(content: bytes, form: LetterForm) -> None:
    """Raises UnfitContent with everything that keeps this file from being a template of this form."""
    _check_package(content)
    fill_template(content, form, form.sample)


def fill_template(content: bytes, form: LetterForm, values: Values) -> bytes:
    """The letter. Raises UnfitContent when the template asks for what the form does not have."""
    filled = io.BytesIO()
    try:
        template = DocxTemplate(io.BytesIO(content))
        template.render(_cleaned(form.named(values)), _Fields(form.names.values()), autoescape=True)
        template.save(filled)
    except UnfitContent:
        raise
    except TemplateSyntaxError as error:
        raise UnfitContent([("field_syntax", error.message or "")]) from error
    except (TemplateError, ValueError, KeyError, zipfile.BadZipFile, SyntaxError) as error:
        raise UnfitContent([("not_a_word_file", type(error).__name__)]) from error
    return filled.getvalue()


def text_of(content: bytes) -> list[tuple[str, str]]:
    """The paragraphs and rows of a file with how they stand (`left`, `center`, `right`, `row`), for a look at it."""
    document = Document(io.BytesIO(content))
    names: dict[Any, str] = {WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right"}
    shown: list[tuple[str, str]] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            shown += [("row", " | ".join(cell.text for cell in row.cells)) for row in block.rows]
        else:
            shown.append((names.get(block.alignment, "left"), block.text))
    return shown


def build_template(text: str) -> bytes:
    """A Word file from plain text, laid out like an official document (GB/T 9704): `# ` a title, `> ` to the right,
    `! ` without indent, `| a | b |` rows of a table, anything else a paragraph that begins two characters in."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], _TEXT, 16)
    table: Any = None
    for line in text.rstrip("\n").split("\n"):
        if not line.startswith("|"):
            table = None
            _paragraph(document, line)
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if table is None:
            table = document.add_table(rows=0, cols=len(cells), style="Table Grid")
        is_head = not table.rows
        row = table.add_row()
        # On paper a row stays in one piece, and the head of a table comes again on the next page.
        marks = row._tr.get_or_add_trPr()
        for mark in ("w:cantSplit", *(["w:tblHeader"] if is_head else [])):
            marks.append(OxmlElement(mark))
        for cell, words in zip(row.cells, cells, strict=False):
            _cell(cell, words, bold=is_head)
    _page_number(section.footer.paragraphs[0])
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _paragraph(document: Any, line: str) -> None:
    mark, _, rest = line.partition(" ")
    kind = mark if mark in {"#", ">", "!"} else ""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(rest if kind else line)
    shape = paragraph.paragraph_format
    shape.line_spacing = Pt(28)
    shape.space_after = Pt(0)
    match kind:
        case "#":
            _font(run, _HEADING, 22)
            shape.alignment, shape.line_spacing, shape.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(36), Pt(18)
        case ">":
            _indent(paragraph, characters=4, side="right")
            shape.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        case "!":
            pass
        case _:
            _indent(paragraph, characters=2, side="first")


def _cell(cell: Any, words: str, *, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(words)
    _font(run, _HEADING if bold else _TEXT, 14)
    shape = paragraph.paragraph_format
    shape.alignment, shape.line_spacing, shape.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(26), Pt(0)


def _font(at: Any, name: str, size: int) -> None:
    at.font.name, at.font.size = name, Pt(size)
    fonts = at.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(script), name)


def _indent(paragraph: Any, *, characters: int, side: str) -> None:
    """Indents by characters, so that it follows the size of the letters; by points for programs that know no characters."""
    shape = paragraph.paragraph_format
    if side == "first":
        shape.first_line_indent = Pt(16 * characters)
    else:
        shape.right_indent = Pt(16 * characters)
    name = "w:firstLineChars" if side == "first" else "w:rightChars"
    paragraph._p.pPr.ind.set(qn(name), str(100 * characters))


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, code in (("— ", None), (None, "PAGE"), (" —", None)):
        run = paragraph.add_run(words or "")
        _font(run, _DIGITS, 14)
        if code:
            for kind, text in (("begin", None), (None, code), ("end", None)):
                mark = OxmlElement("w:instrText" if text else "w:fldChar")
                if text:
                    mark.text = text
                else:
                    mark.set(qn("w:fldCharType"), kind or "")
                run._r.append(mark)


def _check_package(content: bytes) -> None:
    """What a file must not bring along, whatever its fields say."""
    if len(content) > MAX_BYTES:
        raise UnfitContent([("template_too_large", "")])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if len(entries) > _MAX_PARTS or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                raise UnfitContent([("template_too_large", "")])
            parts = {entry.filename: package.read(entry) for entry in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise UnfitContent([("not_a_word_file", "")]) from error
    faults: list[tuple[str, str]] = []
    if _MAIN not in parts.get("[Content_Types].xml", b""):
        faults.append(("not_a_word_file", ""))
    for name, part in parts.items():
        if "vba" in name.lower() or "/activex/" in name.lower() or "/embeddings/" in name.lower():
            faults.append(("holds_macros", name))
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            faults.append(("not_a_word_file", name))
        if b'TargetMode="External"' in part:
            faults.append(("points_outside", name))
        codes = ((a or b).split() for a, b in _FIELD_CODE.findall(part))
        faults += [
            ("holds_codes", code[0].decode("utf-8", "replace"))
            for code in codes
            if code and code[0].decode("utf-8", "replace").upper() not in _HARMLESS_CODES
        ]
    if faults:
        raise UnfitContent(dict.fromkeys(faults))


def _cleaned(values: Values) -> dict[str, Any]:
    """Values without what no XML may hold; each line of a text becomes a paragraph of its own."""
    return {
        name: [{column: _clean(text) for column, text in row.items()} for row in value]
        if isinstance(value, list)
        else _clean(value)
        for name, value in values.items()
    }


def _clean(text: str) -> str:
    return _CONTROL.sub("", text).replace("\n", "\a")
