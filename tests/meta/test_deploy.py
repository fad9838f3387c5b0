"""Compose files, units and image fit the program: every setting exists, every command runs, every folder is there."""

import configparser
import re
import tomllib

import pytest
import yaml

from app import create_app
from app.settings import PROJECT, Settings, load_settings
from models.sealing import current_keyring, use_keyring

COMPOSE = ("compose.yaml", "deploy/compose.three-hosts.yaml")
UNITS = ("deploy/qiaomen-web.service", "deploy/qiaomen-worker.service")
SETTINGS = {f"QIAOMEN_{name.upper()}" for name in Settings.model_fields}


def compose(name):
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def unit(name):
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str
    parser.read_string((PROJECT / name).read_text(encoding="utf-8"))
    return parser


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Whether some words start a part of this program that exists."""
    monkeypatch.setenv("QIAOMEN_INSTANCE", str(tmp_path))
    keyring = current_keyring()
    app = create_app(load_settings())
    use_keyring(keyring)

    def exist(words):
        match words:
            case ["python", "-m", module]:
                path = PROJECT / f"{module.replace('.', '/')}.py"
                return path.exists() and '__name__ == "__main__"' in path.read_text(encoding="utf-8")
            case ["flask", group, command]:
                return command in app.cli.commands[group].commands
        return False

    yield exist
    app.extensions["system"].engine.dispose()


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_sets_only_what_exists_and_starts_what_runs(name, runs):
    content = compose(name)
    services = content["services"]
    ours = {key: service for key, service in services.items() if service.get("image", "").startswith("qiaomen")}

    assert {"prepare", "web", "worker"} == set(ours)
    for service in ours.values():
        assert {key for key in service["environment"] if key.startswith("QIAOMEN_")} <= SETTINGS
        assert runs(service["command"])
        assert service["read_only"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        named = {volume.split(":")[0] for volume in service.get("volumes", ()) if volume[0] not in "./"}
        assert named <= set(content.get("volumes", ()))


@pytest.mark.parametrize("name", COMPOSE)
def test_what_a_compose_file_asks_of_the_environment_file_can_be_found_there(name):
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", (PROJECT / name).read_text(encoding="utf-8")))

    assert {variable for variable in asked if not re.search(rf"^#? ?{variable}=", example, re.M)} == set()


def test_the_example_names_every_setting_and_no_other():
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?(QIAOMEN_\w+)=", example, re.M))

    assert named <= SETTINGS
    # Demo only, or what production must not set.
    assert SETTINGS - named <= {"QIAOMEN_DEMO_PASSWORD", "QIAOMEN_LOG_LEVEL"}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_what_runs_never_gives_up_and_may_write_only_the_instance(name, runs):
    service = unit(name)["Service"]
    home = service["WorkingDirectory"]
    for line in (service["ExecStart"], service.get("ExecStartPre", service["ExecStart"])):
        program, *rest = line.split()
        assert program.startswith(f"{home}/.venv/bin/")
        assert runs([program.rpartition("/")[2], *rest])

    assert unit(name)["Unit"]["StartLimitIntervalSec"] == "0"
    assert (service["Restart"], service["User"]) == ("always", "qiaomen")
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["ReadWritePaths"] == "/var/lib/qiaomen"


def test_both_units_read_the_same_settings():
    assert len({unit(name)["Service"]["EnvironmentFile"] for name in UNITS}) == 1


def test_the_image_holds_every_package_of_the_program():
    packages = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["packages"]
    copied = re.findall(r"^COPY (\w+) \./\1$", (PROJECT / "Dockerfile").read_text(encoding="utf-8"), re.M)

    assert {*packages, "words", "data", "migrations"} <= {*copied}
