"""The libraries that the console brings along are what their packages shipped, and nothing else lies beside them."""

import hashlib

from app.settings import PROJECT

VENDOR = PROJECT / "admin" / "static" / "vendor"


def listed():
    lines = (VENDOR / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if ".js |" in line]
    return {row[0]: row[-1] for row in rows}


def test_every_bundled_script_is_listed_with_its_digest():
    scripts = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}

    assert scripts == listed()


def test_every_bundled_script_has_its_licence_beside_it():
    assert [name for name in listed() if not (VENDOR / f"{name.split('.')[0]}.LICENSE").exists()] == []
