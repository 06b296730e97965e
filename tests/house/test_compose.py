"""House rules for docker-compose.yml and the images: pinned, healthy, without root, without inline secrets."""

import re
import subprocess

import pytest
import yaml

from tests.house.tree import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("keys", "ledger", "reporting")
DATABASES = ("ledger-db", "reporting-db")
DOCKERFILES = ("ledger_service/Dockerfile", "reporting_service/Dockerfile")
each_service = pytest.mark.parametrize("name", SERVICES)


def _environment(name):
    return SERVICES[name].get("environment", {})


def test_there_are_two_services_and_two_databases():
    assert set(SERVICES) == {*OURS, *DATABASES}


@each_service
def test_its_image_is_pinned_to_a_version(name):
    assert re.search(r":\d+\.\d+", SERVICES[name]["image"])


@each_service
def test_it_says_when_it_is_healthy(name):
    assert SERVICES[name]["healthcheck"]["test"]


@each_service
def test_it_runs_without_root_on_a_read_only_disk(name):
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@each_service
def test_its_ports_are_published_on_loopback_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@each_service
def test_no_secret_stands_in_its_settings(name):
    for setting, value in _environment(name).items():
        assert not re.search(r"://[^/@]*:[^/@]*@", value), setting
        if re.search(r"PASSWORD|SECRET|TOKEN|KEY", setting) and "URL" not in setting:
            assert setting.endswith("_FILE"), setting


@each_service
def test_it_uses_declared_secrets_only(name):
    assert set(SERVICES[name].get("secrets", [])) <= set(COMPOSE["secrets"])


def test_secret_files_are_made_and_never_committed():
    makes = (ROOT / ".ci" / "secrets").read_text()
    for name, secret in COMPOSE["secrets"].items():
        assert name in makes
        ignored = subprocess.run(["git", "check-ignore", "-q", secret["file"]], cwd=ROOT)
        assert ignored.returncode == 0


@pytest.mark.parametrize("name", OURS)
def test_its_settings_are_settings_that_we_document(name):
    documented = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", _settings_page(), re.MULTILINE))
    assert set(_environment(name)) <= documented


def _settings_page():
    return (ROOT / "docs" / "reference" / "settings.md").read_text()


@pytest.mark.parametrize("name", OURS)
def test_it_checks_tokens_against_a_key_set_in_a_file(name):
    assert _environment(name)["AUTH_MODE"] == "oidc"
    assert _environment(name)["OIDC_JWKS_URL"].startswith("file:")


def test_reporting_cannot_read_the_logs_key():
    assert not {"ledger-home", "keys"} & {volume.split(":")[0] for volume in SERVICES["reporting"]["volumes"]}


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_database_is_reached_by_its_own_service_only(name):
    networks = [other for other in SERVICES if f"{name}-data" in SERVICES[other].get("networks", [])]
    assert sorted(networks) == sorted([name, f"{name}-db"])


@pytest.mark.parametrize("path", DOCKERFILES)
def test_an_image_installs_locked_packages_and_drops_root(path):
    text = (ROOT / path).read_text()
    assert all(re.search(r":\d+\.\d+\.\d+", line) for line in re.findall(r"^FROM .*$", text, re.MULTILINE))
    assert "--require-hashes" in text
    assert re.search(r"^USER [1-9]", text, re.MULTILINE)
