"""Ledgers as Excel files, and a clerk who imports them."""

import io
import re

import openpyxl
from sqlalchemy import select

from models import Case

HEAD = ["来信日期", "主要内容", "被反映单位", "反映方式", "举报人", "联系电话", "备注"]


def excel(*rows, head=HEAD):
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(browser, content):
    return browser.post(
        "/admin/paper/import", data={"file": (io.BytesIO(content), "l.xlsx")}, content_type="multipart/form-data"
    )


def commit(browser):
    """Presses the button of the page, with the columns as the page says them."""
    page = browser.get("/admin/paper/import").text
    form = page.partition("/paper/import/commit")[2].partition("</form>")[0]
    assert form, re.findall(r"<li>([^<]+)", page)
    columns = dict(re.findall(r'name="(c\d+)" value="(\w*)"', form))
    return browser.post("/admin/paper/import/commit", data=columns)


def cases(system):
    with system.transact(read_only=True) as services:
        return list(services.session.scalars(select(Case).order_by(Case.id)))
