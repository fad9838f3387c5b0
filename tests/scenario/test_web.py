"""The public pages over HTTP: report without WeChat, follow up by number and code."""

import io
import re

import pytest
import requests
from PIL import Image
from sqlalchemy import select

from domain.errors import InvalidInput
from domain.terms import CaseStatus
from models import Attachment, Case


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def token(self, path: str) -> str:
        return re.search(
            r'name="csrf_token"[^>]*value="([^"]+)"', self.http.get(self.url + path, timeout=10).text
        ).group(1)

    def post(self, path: str, *, form: str = "/report", files=None, **values: str) -> requests.Response:
        return self.http.post(self.url + path, data={"csrf_token": self.token(form), **values}, files=files, timeout=10)

    def reports(self, **values: str) -> requests.Response:
        story = "城管的协管员每个月来店里收五十块钱，没有票，不交就把东西收走。"
        return self.post("/report", **{"statement": story, "signing": "anonymous", "agreed": "1", **values})


def pair(page: str) -> tuple[str, str]:
    return tuple(re.findall(r'<b class="code">([^<]+)</b>', page))


@pytest.fixture
def visitor(site):
    return Visitor(site.url)


def test_a_report_gives_number_and_code_and_opens_by_them(visitor, site):
    number, code = pair(visitor.reports().text)
    page = visitor.post("/track", form="/track", number=number.lower(), code=f" {code} ").text

    assert number in page
    assert "已收到" in page
    with site.system.transact() as services:
        assert services.session.query(Case).one().source == "web"


def test_a_named_report_needs_name_and_telephone(visitor):
    answer = visitor.reports(signing="named", name="", contact="")

    assert answer.status_code == 400
    assert answer.text.count("这一项还没有填写") == 2
    assert "每个月来店里收五十块钱" in answer.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"statement": ""}, "这一项还没有填写"),
        ({"statement": "短"}, "太短了"),
        ({"statement": "长" * 20_001}, "内容太长了"),
        ({"statement": "\u200b" * 20}, "这一项还没有填写"),
        ({"agreed": ""}, "这一项还没有填写"),
        ({"signing": "named", "name": "甲", "contact": "-----"}, "联系电话看起来不对"),
        ({"signing": "named", "name": "\u200b", "contact": "13800001111"}, "这一项还没有填写"),
        ({"signing": "named", "name": "甲", "contact": "我的电话"}, "联系电话看起来不对"),
        ({"signing": "both"}, "请从列表中选择"),
    ],
)
def test_what_cannot_be_taken_is_explained_beside_the_field(visitor, site, values, words):
    answer = visitor.reports(**values)

    assert answer.status_code == 400
    assert words in answer.text
    with site.system.transact() as services:
        assert services.session.query(Case).count() == 0


def test_a_picture_is_kept_sealed_with_a_clean_copy(visitor, site):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", comment=b"who took it")
    lodged = visitor.post(
        "/report",
        files={"files": ("photo.jpg", out.getvalue(), "image/jpeg")},
        statement="城管的协管员每个月来店里收五十块钱，没有票。",
        signing="anonymous",
        agreed="1",
    )

    assert pair(lodged.text)
    with site.system.transact() as services:
        [kept] = services.session.query(Attachment).all()
        assert kept.case_id is not None
        assert b"who took it" not in services.parts.attachments.read(kept.clean_name)
        assert b"who took it" in services.parts.attachments.read(kept.original_name)


def test_a_file_that_is_not_a_picture_is_refused_and_nothing_is_lodged(visitor, site):
    answer = visitor.post(
        "/report",
        files={"files": ("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")},
        statement="城管的协管员每个月来店里收五十块钱，没有票。",
        signing="anonymous",
        agreed="1",
    )

    assert answer.status_code == 400
    assert "这种文件不能收" in answer.text
    with site.system.transact() as services:
        assert services.session.query(Case).count() == 0


def files_of(site):
    return [path for path in (site.settings.instance / "attachments").rglob("*") if path.is_file()]


def test_when_one_of_several_files_is_refused_no_byte_of_the_others_is_left(visitor, site):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    answer = visitor.post(
        "/report",
        files=[
            ("files", ("a.jpg", out.getvalue(), "image/jpeg")),
            ("files", ("b.jpg", b"<script>alert(1)</script>", "image/jpeg")),
        ],
        statement="城管的协管员每个月来店里收五十块钱，没有票。",
        signing="anonymous",
        agreed="1",
    )

    assert answer.status_code == 400
    assert files_of(site) == []


def test_when_a_report_cannot_be_kept_its_files_are_not_kept_either(visitor, site, monkeypatch):
    def fails(*_):
        raise InvalidInput("statement", "too_long")

    monkeypatch.setattr("services.intake.Intake.lodge_report", fails)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    answer = visitor.post(
        "/report",
        files={"files": ("a.jpg", out.getvalue(), "image/jpeg")},
        statement="城管的协管员每个月来店里收五十块钱，没有票。",
        signing="anonymous",
        agreed="1",
    )

    assert answer.status_code == 400
    assert files_of(site) == []


def test_a_report_about_a_county_leader_is_not_kept(visitor, site):
    answer = visitor.reports(statement="我要举报县长，他在征地的时候收了开发商一百多万元。")

    assert answer.status_code == 409
    assert "12388" in answer.text
    assert "没有保存" in answer.text
    with site.system.transact() as services:
        assert services.session.query(Case).count() == 0


def test_a_matter_of_another_body_is_told_so_once_and_taken_if_the_person_insists(visitor):
    wages = "老板欠我们八个人工钱四万六，找了两个月不给，电话也不接了。"
    first = visitor.reports(statement=wages)
    assert "12333" in first.text
    second = visitor.reports(statement=wages, told="1")

    assert pair(second.text)


def test_a_wrong_code_and_an_unknown_number_look_alike_and_tries_are_limited(visitor):
    number, _code = pair(visitor.reports().text)
    wrong = visitor.post("/track", form="/track", number=number, code="000000000000")
    unknown = visitor.post("/track", form="/track", number="SA20261123-AAAAAA", code="000000000000")

    assert (wrong.status_code, unknown.status_code) == (404, 404)
    answers = [visitor.post("/track", form="/track", number=number, code="1").status_code for _ in range(12)]
    assert answers[-1] == 429


def test_a_case_is_supplemented_and_withdrawn_by_number_and_code(visitor, site):
    number, code = pair(visitor.reports().text)
    added = visitor.post("/track/supplement", form="/track", number=number, code=code, statement="十月还有一次")
    empty = visitor.post("/track/supplement", form="/track", number=number, code=code, statement="")
    gone = visitor.post("/track/withdraw", form="/track", number=number, code=code)

    assert "已经收到" in added.text
    assert empty.status_code == 400
    assert "已撤回" in gone.text


@pytest.mark.parametrize(("path", "field"), [("supplement", "statement"), ("withdraw", "reason"), ("rate", "comment")])
def test_what_only_the_superior_may_hear_is_not_kept_with_a_case_either(visitor, site, path, field):
    number, code = pair(visitor.reports().text)

    stopped = visitor.post(
        f"/track/{path}", form="/track", number=number, code=code, value="dissatisfied",
        **{field: "我要举报县长，他在征地的时候收了开发商一百多万元。"},
    )  # fmt: skip

    assert (stopped.status_code, "12388" in stopped.text) == (409, True)
    with site.system.transact(read_only=True) as services:
        case = services.session.scalars(select(Case).where(Case.case_number == number)).one()
        assert (case.status, len(case.reports)) == (CaseStatus.RECEIVED, 1)


@pytest.mark.parametrize("path", ["/track/supplement", "/track/withdraw", "/track/rate"])
def test_nobody_acts_on_a_case_with_a_wrong_code(visitor, path):
    number, _code = pair(visitor.reports().text)

    assert visitor.post(path, form="/track", number=number, code="1", statement="x", value="fair").status_code == 404


def test_without_the_form_token_nothing_is_taken(site):
    answer = requests.post(
        f"{site.url}/report", data={"statement": "城管每个月收五十块钱没有票", "agreed": "1"}, timeout=10
    )

    assert answer.status_code == 400
