"""docker-compose.yml without Docker: what it names exists, what it sets is read, and no secret has a default."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ananta import database_setup
from ananta.embedded import postgres, postgrest
from ananta.settings import ROOT, Plane, Settings

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("ananta-platform:")}
# Ports of the architecture's diagrams, by service.
PORTS = {
    "gateway": {27500},
    "edge-control": {14000, 14001},
    "edge-app": {27510, 27021, 27520},
    "issuer": {8180},
}
WITHOUT_HEALTH_CHECK = {
    "postgrest-control": "its image has nothing to run a check with",
    "postgrest-app": "its image has nothing to run a check with",
    "worker": "it listens on nothing",
    "migrate": "it ends",
}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[?-])?([^}]*)\}")
READ_BY_PROGRAMS = {"ANANTA_LISTEN", "ANANTA_ENV"}


def settings_variables() -> set[str]:
    named = {f"ANANTA_{name.upper()}" for name in Settings.model_fields}
    return named | READ_BY_PROGRAMS


def test_services_are_those_of_the_design() -> None:
    assert SERVICES.keys() == PORTS.keys() | WITHOUT_HEALTH_CHECK.keys() | {"postgres", "postgres-meta", "studio"}


def test_every_service_is_on_the_platform_network() -> None:
    assert FILE["networks"]["platform-network"]["driver"] == "bridge"
    assert {name for name, service in SERVICES.items() if service["networks"] != ["platform-network"]} == set()


def test_logs_do_not_grow_without_end() -> None:
    assert {name for name, service in SERVICES.items() if service.get("logging") != {"driver": "local"}} == set()


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        image, _, tag = service["image"].partition(":")
        assert re.search(r"\d+\.\d+", tag), f"{name}: {image}:{tag}"
    base = re.search(r"^FROM (\S+)$", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert base
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base[1])


def test_version_is_the_projects() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version
    assert {service["image"] for service in OURS.values()} == {f"ananta-platform:{version[1]}"}
    assert f"-t ananta-platform:{version[1]}" in TEXT


@pytest.mark.parametrize("name", OURS)
def test_what_our_programs_are_given_is_read(name: str) -> None:
    environment = OURS[name].get("environment", {})
    if name == "migrate":
        roles = ("ananta_migrator", *(role for roles in database_setup.LOGIN_ROLES.values() for role in roles))
        assert environment["ANANTA_ENV"] == FILE["x-addresses"]["ANANTA_ENV"]
        assert environment.keys() == {
            "ANANTA_ENV",
            "SUPERUSER_DATABASE_URL",
            *(f"{role.upper()}_PASSWORD" for role in roles),
        }
    else:
        assert environment.keys() <= settings_variables()


@pytest.mark.parametrize("name", sorted(OURS.keys() - {"migrate"}))
def test_our_programs_accept_what_they_are_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in settings_variables() & os.environ.keys():
        monkeypatch.delenv(variable)
    for variable, value in OURS[name]["environment"].items():
        monkeypatch.setenv(
            variable, VARIABLE.sub(lambda match: match[3] if match[2] == ":-" else "c2VjcmV0", str(value))
        )
    Settings()


@pytest.mark.parametrize("name", OURS)
def test_commands_run_what_is_there(name: str) -> None:
    command = OURS[name]["command"]
    assert command[0] == "python"
    if command[1] == "-m":
        module = ROOT / command[2].replace(".", "/")
        assert (module / "__main__.py").is_file()
    else:
        assert (ROOT / command[1]).is_file()


def test_ports_are_those_of_the_diagrams() -> None:
    for name, ports in PORTS.items():
        listen = SERVICES[name]["environment"]["ANANTA_LISTEN"]
        assert {int(address.rpartition(":")[2]) for address in listen.split(",")} == ports
        assert SERVICES[name]["healthcheck"]["test"][3:] == [str(port) for port in _ordered(listen)]


def _ordered(listen: str) -> list[int]:
    return [int(address.rpartition(":")[2]) for address in listen.split(",")]


def test_addresses_point_at_services_and_their_ports() -> None:
    for variable, value in FILE["x-addresses"].items():
        address = re.fullmatch(r"http://([a-z-]+):(\d+)", str(value))
        if address:
            service = SERVICES[address[1]]
            listening = {*service.get("expose", []), *(service["environment"].get("PGRST_SERVER_PORT", ""),)}
            assert address[2] in listening, variable


def test_health_is_checked_where_it_can_be() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == WITHOUT_HEALTH_CHECK.keys()


def test_waits_name_services_and_conditions_that_can_come_true() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for the health of {other}"


def test_published_ports_are_on_the_loopback_address() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_secrets_have_no_default() -> None:
    for name, operator, default in VARIABLE.findall(TEXT):
        is_secret = re.search(r"PASSWORD|SECRET|KEY|JWKS|TOKEN", name)
        assert operator == (":?" if is_secret else ":-"), name
        assert not (is_secret and default), name
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|CRYPTO_KEY", variable) and not variable.endswith("_FILE"):
                assert re.fullmatch(r"\$\{\w+:\?\}", str(value)), f"{name}: {variable}"


@pytest.mark.parametrize("plane", list(Plane))
def test_postgrest_is_set_as_in_the_embedded_run(plane: Plane) -> None:
    environment = SERVICES[f"postgrest-{plane}"]["environment"]
    port = int(environment["PGRST_SERVER_PORT"])
    server = postgrest.PostgrestServer(plane, "", ROOT, port, 1)
    differs = {"db-uri", "jwt-secret", "server-host", "admin-server-port"}
    wanted = {
        f"PGRST_{name.upper().replace('-', '_')}": str(value)
        for name, value in postgrest.settings(server).items()
        if name not in differs
    }
    given = {name: VARIABLE.sub(lambda match: match[3], str(value)) for name, value in environment.items()}
    assert {k: v for k, v in given.items() if k not in ("PGRST_DB_URI", "PGRST_JWT_SECRET")} == wanted
    default = Settings.model_fields[f"{plane}_rest_url"].default
    assert default.endswith(f":{port}")


def test_postgres_logs_what_it_does_in_the_embedded_run() -> None:
    given = dict(each.split("=", 1) for each in SERVICES["postgres"]["command"] if each != "-c")
    named = {"log_line_prefix", "log_min_messages", "log_min_error_statement", "log_error_verbosity"}
    assert given == {name: postgres._SETTINGS[name] for name in named}


@pytest.mark.parametrize("plane", list(Plane))
def test_logins_go_to_their_own_database(plane: Plane) -> None:
    urls = re.findall(rf"postgresql://{plane}_\w+:\$\{{\w+:\?\}}@postgres:5432/(\w+)", TEXT)
    assert set(urls) == {database_setup.DATABASES[plane]}
    assert len(urls) == 3


def test_files_it_needs_exist() -> None:
    for service in OURS.values():
        assert (ROOT / service["build"]["dockerfile"]).is_file()
    copied = re.findall(r"^COPY (\S+) ", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert copied
    allowed = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in allowed, name


def test_the_env_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    (command,) = re.findall(r"^#   (.*new_env\.py.*)$", TEXT, re.M)
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$0 $*"\n', encoding="ascii")
    docker.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", f"umask 022; {command}"], cwd=tmp_path, env=environment, check=True)
    assert "deploy/new_env.py" in (tmp_path / ".env").read_text(encoding="ascii")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def required() -> set[str]:
    """What compose does not start without."""
    named = {name for name, operator, _ in VARIABLE.findall(TEXT) if operator == ":?"}
    return named | {secret["environment"] for secret in FILE["secrets"].values()}


def test_every_variable_is_on_the_page_of_settings_with_its_default() -> None:
    page = (ROOT / "docs" / "SETTINGS.md").read_text(encoding="utf-8").partition("\n## In containers\n")[2]
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) \|", page.partition("\n## ")[0], re.M))
    optional = {
        name: f"`{default}`" if default else "none"
        for name, operator, default in VARIABLE.findall(TEXT)
        if operator == ":-"
    }
    assert told == dict.fromkeys(required(), "none") | optional


def test_new_env_makes_everything_that_is_required() -> None:
    command = [sys.executable, "-P", "deploy/new_env.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    made = dict(part.split("=", 1) for part in shlex.split(done.stdout))
    assert made.keys() == required()
    assert len(set(made.values())) == len(made)
    assert json.loads(made["APP_TOKEN_JWKS"])["keys"][0]["alg"] == "RS256"
    assert made["APP_TOKEN_KEY"].startswith("-----BEGIN PRIVATE KEY-----")
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{20,}", made[name]) for name in made if name.endswith("_PASSWORD"))
