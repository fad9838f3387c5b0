"""Signing in as production asks for it: password, second factor, the networks of the house."""

import re
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pyotp
import pytest
import requests
from pydantic import ValidationError

from app import create_app
from app.settings import Settings
from domain.terms import Role


@pytest.fixture
def strict(site):
    """A site that asks for a second factor, with one clerk whose first password others know."""
    in_force = site.system.in_force
    in_force.now = replace(in_force.now, parts=replace(in_force.now.parts, requires_second_factor=True))
    with site.system.transact() as services:
        services.staff.create(
            username="clerk.one", display_name="甲", role=Role.PETITION, body=None,
            password="a first password", must_change_password=True,
        )  # fmt: skip
    return site


class Browser:
    def __init__(self, site):
        self.url, self.http = site.url, requests.Session()

    def get(self, path):
        self.page = self.http.get(self.url + path, timeout=10)
        return self.page

    def post(self, path, **values):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.page.text).group(1)
        self.page = self.http.post(self.url + path, data={"csrf_token": token, **values}, timeout=10)
        return self.page

    def sign_in(self, password):
        self.get("/admin/sign-in")
        return self.post("/admin/sign-in", username="clerk.one", password=password)


def test_the_first_sign_in_leads_through_password_and_second_factor_to_the_worklist(strict):
    browser = Browser(strict)
    assert "初始密码" in browser.sign_in("a first password").text
    assert browser.get("/admin/cases").url.endswith("/admin/account")

    changed = browser.post("/admin/account/password", old="a first password", new="my own sentence")
    assert "密码已修改" in changed.text
    assert browser.get("/admin/cases").url.endswith("/admin/account")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", browser.page.text).group(1)
    assert "动态口令不对" in browser.post("/admin/account/second-factor", code="000000").text
    browser.post("/admin/account/second-factor", code=pyotp.TOTP(secret).now())
    assert browser.get("/admin/cases").url.endswith("/admin/cases")

    second = Browser(strict)
    assert "第二步" in second.sign_in("my own sentence").text
    assert "/admin/second-step" in second.get("/admin/cases").url
    refused = second.post("/admin/second-step", code="123456")
    assert refused.status_code == 401
    assert second.get("/admin/overview").url.endswith("/admin/second-step")


@pytest.mark.parametrize(
    ("networks", "forwarded", "proxies", "status"),
    [
        ("", "", 0, 200),
        ("127.0.0.0/8", "", 0, 200),
        ("10.1.0.0/16", "", 0, 403),
        ("10.1.0.0/16", "10.1.2.3", 0, 403),  # a header that nobody asked for
        ("10.1.0.0/16", "10.1.2.3", 1, 200),
        ("10.1.0.0/16", "10.1.2.3, 8.8.8.8", 1, 403),  # only the last one was written by our proxy
        ("10.1.0.0/16,::1/128", "::1", 1, 200),
        ("10.1.0.0/16", "nonsense", 1, 403),
    ],
)
def test_the_console_opens_only_to_the_networks_of_the_house(site, networks, forwarded, proxies, status):
    settings = site.settings.model_copy(update={"admin_networks": networks, "proxies": proxies})
    app = create_app(settings)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    browser = app.test_client()

    assert browser.get("/admin/sign-in", headers=headers).status_code == status
    assert browser.get("/report", headers=headers).status_code == 200
    app.extensions["system"].engine.dispose()


@pytest.mark.parametrize(
    ("mode", "address", "is_inside"),
    [("production", "10.3.2.1", True), ("production", "127.0.0.1", True), ("production", "8.8.8.8", False),
     ("production", "2408:8000::1", False), ("demo", "8.8.8.8", True)],
)  # fmt: skip
def test_in_production_the_console_is_closed_to_the_internet_unless_somebody_opens_it(mode, address, is_inside):
    networks = Settings.model_construct(mode=mode, admin_networks="").console_networks

    assert (not networks or any(ip_address(address) in network for network in networks)) == is_inside
    assert Settings.model_construct(mode=mode, admin_networks="10.1.0.0/16").console_networks == (
        ip_network("10.1.0.0/16"),
    )


def test_a_network_that_is_none_stops_the_start():
    with pytest.raises(ValidationError, match="admin_networks"):
        Settings(admin_networks="10.1.0.0/99")
