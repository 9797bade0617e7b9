"""What a wrong setting, an unknown one, a secret and production do: a process starts, or says in a sentence why not."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

import deploy.prepare
from ananta import settings_page
from ananta.embedded import token_keys
from ananta.settings import ROOT, Process, Settings
from ananta.settings_loading import load, unknown_variables
from ananta.settings_types import SettingsInvalidError

CANARY = "canary-0123456789-abcdefghijklmnop"
WEBHOOK = "whsec_" + base64.b64encode(CANARY.encode()).decode()
NO_PATHS = [
    f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n",
    f"/{CANARY}\n{CANARY}",
    f"/{CANARY * 8}",
    f"whsec_{CANARY}",
    f"/run/whsec_{CANARY}",
]
KEY_SIZES = {"weak": 1024, "strong": 2048}


def key_file(folder: Path, bits: int) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    kind, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{bits}.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, none))
    return path


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANANTA_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment in which gateway and control edge would start in production."""
    strong = key_file(tmp_path, KEY_SIZES["strong"])
    key_set = tmp_path / "keys.json"
    key_set.write_text(json.dumps(token_keys.public_key_set(strong)))
    for name, value in {
        "ENV": "production",
        "PUBLIC_URL": "https://ananta.example",
        "ANON_KEY": "publishable-key",
        "WEBHOOK_SECRET": WEBHOOK,
        "GATEWAY_WEBHOOK_SECRET": WEBHOOK,
        "CONTROL_EDGE_DATABASE_URL": f"postgresql://control_edge:{CANARY}@db.example:5432/arc_saas",
        "CONTROL_TOKEN_KEY_FILE": str(strong),
        "CONTROL_TOKEN_KEY_SET_FILE": str(key_set),
        "IDENTITY_ADMIN_SECRET": CANARY,
    }.items():
        monkeypatch.setenv(f"ANANTA_{name}", value)
    return monkeypatch


def refusal(process: Process | None = None) -> str:
    with pytest.raises(SettingsInvalidError) as caught:
        load(process)
    assert CANARY not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("ANANTA_ENV", "prod", "`development` or `production`"),
        ("ANANTA_BOM_MAX_BYTES", "many", "a whole number above 0 (bytes)"),
        ("ANANTA_BOM_MAX_BYTES", "0", "a whole number above 0 (bytes)"),
        ("ANANTA_PLATFORM_TOKEN_SECONDS", "301", "a whole number from 30 to 300 (s)"),
        ("ANANTA_METER_FLUSH_SECONDS", "61", "a number above 0 and at most 60 (s)"),
        ("ANANTA_PUBLIC_URL", "ananta.example", "an http or https address"),
        ("ANANTA_PUBLIC_URL", "https://ananta.example/", "without a slash at its end"),
        ("ANANTA_LISTEN", "8000", "host:port, several separated by commas"),
        ("ANANTA_ROLE_NAMES", "x", "JSON such as"),
        ("ANANTA_TRUSTED_PROXIES", "proxy.example", "addresses or networks"),
        ("ANANTA_TRUSTED_PROXIES", "10.0.0.5/8", "such as 10.0.0.5 or 172.16.0.0/12"),
        ("ANANTA_TRUSTED_PROXIES", "10.0.0.5,", "separated by commas"),
        ("ANANTA_TRUSTED_PROXIES", "::/0", "not all there are"),
        ("ANANTA_DEMO_DATA", "perhaps", "`on` or `off`"),
    ],
)
def test_a_wrong_one_is_named_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, right: str
) -> None:
    monkeypatch.setenv(variable, value)
    said = refusal()
    assert said.startswith(f"{variable} is {value!r}; it must be ")
    assert right in said
    assert len(said.splitlines()) == 1


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().trusted_proxies == ()
    monkeypatch.setenv("ANANTA_TRUSTED_PROXIES", "10.0.0.5, 172.16.0.0/12,2001:db8::/32")
    assert [str(network) for network in load().trusted_proxies] == ["10.0.0.5/32", "172.16.0.0/12", "2001:db8::/32"]


@pytest.mark.parametrize("value", ["{", '{"anon": "x"}', '{"app_edge": "x; drop"}', "[]"])
def test_wrong_names_of_roles_are_told_of(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ANANTA_ROLE_NAMES", value)
    assert refusal().startswith("ANANTA_ROLE_NAMES cannot be as it was given; it must be JSON such as")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ANANTA_WEBHOOK_SECRET", f"whsec_{CANARY}!"),
        ("ANANTA_APP_EDGE_DATABASE_URL", f"mysql://u:{CANARY}@h/d"),
        ("ANANTA_APP_EDGE_DATABASE_URL", f"postgresql://u:{CANARY}@h"),
        ("ANANTA_IDENTITY_URL", f"http://user:{CANARY}@identity.example"),
        ("ANANTA_IDENTITY_URL", f"http://{CANARY}@identity.example"),
        ("ANANTA_TRACES_URL", f"https://collector.example/v1/traces?api_key={CANARY}"),
        *((f"ANANTA_{name}_FILE", value) for name in ("WEBHOOK_SECRET", "APP_TOKEN_KEY") for value in NO_PATHS),
        ("ANANTA_APP_EDGE_DATABASE_URL_FILE", f"postgresql://u:{CANARY}@h/d"),
    ],
)
def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    assert variable in refusal(Process.EDGE_APP)


@pytest.mark.parametrize("value", ["/run/secrets/none", "./none", "../none"])
def test_a_path_is_shown_where_it_looks_like_one(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ANANTA_WEBHOOK_SECRET_FILE", value)
    assert f"ANANTA_WEBHOOK_SECRET_FILE is {value}, which cannot be read" in refusal()


@pytest.mark.parametrize("value", NO_PATHS)
def test_a_secret_in_the_place_of_a_path_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    monkeypatch.setenv("ANANTA_APP_TOKEN_KEY_FILE", value)
    monkeypatch.setenv("ANANTA_CONTROL_TOKEN_KEY_FILE", "/run/secrets/key")
    settings_page.show()
    shown = capsys.readouterr().out
    assert "ANANTA_APP_TOKEN_KEY_FILE=(not shown" in shown
    assert "ANANTA_CONTROL_TOKEN_KEY_FILE=/run/secrets/key" in shown
    assert CANARY not in shown


def started(commands: Iterable[str], environment: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Exit code and output of each, all run at once."""
    run = {
        command: subprocess.Popen(
            [sys.executable, "-P", "-m", *command.split()],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    }
    for command, process in run.items():
        output, _ = process.communicate(timeout=60)
        yield command, process.returncode, output


def test_a_wrong_one_stops_every_start(tmp_path: Path) -> None:
    wrong = {"ANANTA_LEADS_PER_HOUR": "many", "ANANTA_WEBHOOK_SECRET": CANARY + "!", "ANANTA_STATE_DIR": str(tmp_path)}
    programs = ("edge_api control", "edge_api app", "edge_api gateway", "workers", "ananta up")
    for command, code, said in started(programs, wrong):
        assert code == 1, command
        assert "ANANTA_LEADS_PER_HOUR is 'many'; it must be a whole number above 0 (signups)." in said
        assert CANARY not in said
        assert "Traceback" not in said


def test_one_that_is_needed_and_missing_is_named() -> None:
    said = refusal(Process.EDGE_CONTROL)
    for name in ("ANANTA_CONTROL_EDGE_DATABASE_URL", "ANANTA_CONTROL_TOKEN_KEY_FILE", "ANANTA_WEBHOOK_SECRET"):
        assert f"{name} is not set; edge-control needs it" in said


def test_an_unknown_one_is_told_of_with_the_nearest() -> None:
    environment = {"ANANTA_WEBHOK_SECRET": CANARY, "ANANTA_CI": "1", "ANANTA_WEBHOOK_SECRET_FILE": "x", "PATH": "x"}
    assert list(unknown_variables(environment)) == [("ANANTA_WEBHOK_SECRET", "ANANTA_WEBHOOK_SECRET")]


def test_an_unknown_one_is_a_warning(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ANANTA_BOM_MAX_BYTE", CANARY)
    load()
    shown = "".join(capsys.readouterr())
    assert "ANANTA_BOM_MAX_BYTE" in shown
    assert "ANANTA_BOM_MAX_BYTES" in shown
    assert CANARY not in shown


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{WEBHOOK}\n")
    monkeypatch.setenv("ANANTA_WEBHOOK_SECRET_FILE", str(tmp_path / "secret"))
    secret = load().webhook_secret
    assert secret is not None
    assert secret.get_secret_value() == WEBHOOK
    monkeypatch.setenv("ANANTA_WEBHOOK_SECRET", WEBHOOK)
    assert "both set" in refusal()
    monkeypatch.delenv("ANANTA_WEBHOOK_SECRET")
    monkeypatch.setenv("ANANTA_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    assert "cannot be read (FileNotFoundError)" in refusal()


def test_an_empty_one_is_as_if_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_WEBHOOK_SECRET", "")
    monkeypatch.setenv("ANANTA_BOM_MAX_BYTES", "")
    assert load() == Settings()


def test_secrets_are_not_in_what_is_printed() -> None:
    settings = Settings(webhook_secret=SecretStr(WEBHOOK), identity_admin_secret=SecretStr(CANARY))
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert CANARY not in shown
        assert WEBHOOK not in shown


def test_production_starts_with_what_is_safe_enough(production: pytest.MonkeyPatch) -> None:
    load(Process.GATEWAY)
    load(Process.EDGE_CONTROL)


@pytest.mark.parametrize(
    ("process", "variable", "value", "said"),
    [
        (Process.GATEWAY, "ANANTA_PUBLIC_URL", "http://ananta.example", "without https"),
        (Process.GATEWAY, "ANANTA_ANON_KEY", "anon", "is the default"),
        (Process.GATEWAY, "ANANTA_GATEWAY_WEBHOOK_SECRET", "whsec_" + base64.b64encode(b"x" * 31).decode(), "32 bytes"),
        (Process.EDGE_CONTROL, "ANANTA_WEBHOOK_SECRET", "whsec_" + base64.b64encode(b"x" * 31).decode(), "32 bytes"),
        (Process.WORKER, "ANANTA_IDENTITY_ADMIN_SECRET", "x" * 31, "32 bytes"),
        (Process.EDGE_CONTROL, "ANANTA_CONTROL_EDGE_DATABASE_URL", "postgresql://u:postgres@h/d", "well-known"),
        (Process.EDGE_CONTROL, "ANANTA_CONTROL_EDGE_DATABASE_URL", "postgresql://u:elevenchars@h/d", "12 characters"),
        (
            Process.EDGE_CONTROL,
            "ANANTA_CONTROL_EDGE_DATABASE_URL",
            "postgresql://control_edge:control_edge@h/d",
            "well-known",
        ),
        (Process.DB, "ANANTA_APP_MIGRATOR_DATABASE_URL", "postgresql://u:short@h/d", "12 characters"),
    ],
)
def test_production_refuses(
    production: pytest.MonkeyPatch, process: Process, variable: str, value: str, said: str
) -> None:
    production.setenv(variable, value)
    sentences = [sentence for sentence in refusal(process).splitlines() if sentence.startswith(variable)]
    assert len(sentences) == 1
    assert said in sentences[0]
    assert "it must " in sentences[0]
    production.setenv("ANANTA_ENV", "development")
    if process is Process.WORKER:  # which lacks others here
        assert variable not in refusal(process)
    else:
        load(process)


def test_production_refuses_weak_keys(production: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weak = key_file(tmp_path, KEY_SIZES["weak"])
    production.setenv("ANANTA_CONTROL_TOKEN_KEY_FILE", str(weak))
    assert "RSA key of 1024 bits" in refusal(Process.EDGE_CONTROL)
    key_set = tmp_path / "weak.json"
    key_set.write_text(json.dumps(token_keys.public_key_set(weak)))
    production.setenv("ANANTA_CONTROL_TOKEN_KEY_SET_FILE", str(key_set))
    assert "RSA key of 1024 bits" in refusal(Process.GATEWAY)


@pytest.mark.parametrize("password", ["postgres", "elevenchars", "app_authenticator"])
def test_production_gives_no_login_a_weak_password(production: pytest.MonkeyPatch, password: str) -> None:
    given: list[str] = []
    production.setattr(deploy.prepare, "prepare", lambda _, passwords, **__: given.extend(passwords.values()))
    production.setenv("SUPERUSER_DATABASE_URL", "postgresql://postgres@h/postgres")
    for role in deploy.prepare.ROLES:
        production.setenv(f"{role.upper()}_PASSWORD", CANARY)
    deploy.prepare.main()
    assert given == [CANARY] * len(deploy.prepare.ROLES)
    production.setenv("APP_AUTHENTICATOR_PASSWORD", password)
    with pytest.raises(SettingsInvalidError, match="APP_AUTHENTICATOR_PASSWORD has a well-known password") as caught:
        deploy.prepare.main()
    assert password not in str(caught.value)
    assert len(given) == len(deploy.prepare.ROLES)
    production.setenv("ANANTA_ENV", "development")
    deploy.prepare.main()
    assert password in given


def test_a_key_file_holds_a_key(production: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text(CANARY)
    production.setenv("ANANTA_ENV", "development")
    production.setenv("ANANTA_CONTROL_TOKEN_KEY_FILE", str(tmp_path / "none.pem"))
    assert "holds no RSA key; it must hold an RSA private key in PEM" in refusal(Process.EDGE_CONTROL)
    production.setenv("ANANTA_CONTROL_TOKEN_KEY_FILE", str(tmp_path / "nowhere.pem"))
    assert "cannot be read" in refusal(Process.EDGE_CONTROL)


def test_production_refuses_every_stand_in(production: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusals = {
        "ananta up": "the embedded run is made of local stand-ins",
        "ananta.standins.issuer": "development issuer is a stand-in",
        "edge_api app": "The file store in a folder is a local stand-in",
        "workers": "The mailbox, file folder and development issuer of this worker is a local stand-in",
    }
    production.setenv("ANANTA_STATE_DIR", str(tmp_path))
    production.setenv("ANANTA_APP_TOKEN_KEY_FILE", os.environ["ANANTA_CONTROL_TOKEN_KEY_FILE"])
    for role in ("APP_EDGE", "CONTROL_WORKER", "APP_WORKER"):
        production.setenv(f"ANANTA_{role}_DATABASE_URL", os.environ["ANANTA_CONTROL_EDGE_DATABASE_URL"])
    given = {name: value for name, value in os.environ.items() if name.startswith("ANANTA_")}
    for command, code, said in started(refusals, given):
        assert (code, refusals[command] in said) == (1, True), said
        assert CANARY not in said
