"""What can be checked of container files without a container engine."""

import re
import tomllib

import yaml

from app.settings import PROJECT, Settings

DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def test_everything_the_image_copies_is_there():
    sources = [name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for name in line.split()[:-1]]

    assert len(sources) > 10
    assert [name for name in sources if not (PROJECT / name).exists()] == []


def test_every_package_is_copied_into_the_image():
    packages = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "root_packages"
    ]

    assert [name for name in packages if f"COPY {name} ./{name}" not in DOCKERFILE] == []


def test_the_image_has_two_stages_a_plain_user_and_a_health_check():
    assert DOCKERFILE.count("\nFROM ") + DOCKERFILE.startswith("FROM ") == 2
    assert re.search(r"^USER qiaomen$", DOCKERFILE, re.M)
    assert "HEALTHCHECK" in DOCKERFILE
    assert not re.search(r"^(ENV|ARG).*(SECRET|TOKEN|PASSWORD|KEY)", DOCKERFILE, re.M)


def test_base_images_are_pinned_to_a_release():
    assert all(":" in image for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.M))


def test_the_start_command_names_a_module_that_exists():
    import importlib.util

    [module] = re.findall(r'^CMD \["python", "-m", "([\w.]+)"\]$', DOCKERFILE, re.M)
    assert importlib.util.find_spec(module)


def test_compose_runs_web_worker_postgresql_and_redis():
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))

    assert {"web", "worker", "postgres", "redis"} <= set(compose["services"])


def test_every_setting_is_explained_in_the_example_and_nothing_else_is():
    example = set(re.findall(r"^QIAOMEN_(\w+)=", (PROJECT / ".env.example").read_text(encoding="utf-8"), re.M))
    settings = {name.upper() for name in Settings.model_fields} - {"DEMO_PASSWORD", "LOG_LEVEL"}

    assert example == settings


def test_the_example_holds_no_secret():
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")

    assert not re.findall(r"^QIAOMEN_\w*(SECRET|TOKEN|KEY|KEYS)=.+", text, re.M)
