"""Each service starts with just what the manifests of Kubernetes mount, and somebody signs in; what lacks is said."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
import yaml
from flask.testing import FlaskClient

from services.benefits import operations
from services.benefits.usecases import files_in, staff
from shared import database
from shared.act import Act
from shared.auth import Keys
from shared.seals import Seals, attach
from tests.house.test_deploy import K8S, SERVICES
from tests.there import there


def _manifest(service: str) -> tuple[str, dict[str, Any]]:
    """The heading of a service's manifest, which names its secrets, and its web container."""
    text = (K8S / "base" / f"{service}.yaml").read_text()
    pods = (t for t in yaml.safe_load_all(text) if t["kind"] == "Deployment" and t["metadata"]["name"].endswith("-web"))
    found: dict[str, Any] = next(pods)["spec"]["template"]["spec"]["containers"][0]
    return text.split("apiVersion")[0], found


def _keys_told(service: str) -> list[str]:
    """The keys of the secret that is mounted as a folder, as the heading and docs/running.md tell them."""
    found = re.search(rf"{service}-keys \(([^)]*)\)", _manifest(service)[0])
    assert found is not None
    told = (K8S.parents[1] / "docs" / "running.md").read_text()
    names = found.group(1).split(", ")
    assert all(f"`{name.replace(service, '<service>')}`" in told for name in names)
    return names


@pytest.fixture
def mounted(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], FlaskClient]:
    """The web process of a service, told nothing but what its manifest tells it."""

    def start(service: str) -> FlaskClient:
        _, container = _manifest(service)
        config = yaml.safe_load((K8S / "base" / "kustomization.yaml").read_text())["configMapGenerator"][0]["literals"]
        told = dict(line.split("=", 1) for line in config)
        secret = {"database-url": new_database(service), "amqp-url": "amqp://127.0.0.1:1//"}
        for entry in container["env"]:
            told[entry["name"]] = secret.get(entry["valueFrom"]["secretKeyRef"]["key"], "")
        folders = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
        keys = tmp_path / f"{service}-keys"
        keys.mkdir()
        for name in _keys_told(service):
            shutil.copy(keys_folder / name, keys / name)
        marks = tmp_path / f"{service}-marks"
        here = {folders["keys"]: str(keys), folders["marks"]: str(marks), folders["tmp"]: str(tmp_path)}
        for name in os.environ:
            if name not in ("PATH", "HOME", "LANG", "TMPDIR") and not name.startswith("TIDEOVER_TEST"):
                monkeypatch.delenv(name)
        for name, value in told.items():
            monkeypatch.setenv(name, here.get(value) or value)
        client: FlaskClient = importlib.import_module(f"services.{service}.app").create_app().test_client()
        return client

    return start


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_ready_with_what_its_manifest_mounts(mounted: Callable[[str], FlaskClient], service: str) -> None:
    answer = mounted(service).get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_somebody_signs_in_with_what_the_manifests_mount(mounted: Callable[[str], FlaskClient]) -> None:
    client = mounted("benefits")
    engine = database.connect(os.environ["DATABASE_URL"])
    attach(engine, Seals(Path(os.environ["KEYS_DIR"]), "benefits"))
    with engine.begin() as connection:
        act = Act(connection, operations.OPERATOR, datetime.now(UTC), date(2025, 5, 1))
        word, device = "a long word for the desk", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        offices = b"office,name,name_latin,address,phone\nhq,Head office,Head office,1,+85621111111\n"
        files_in.take_file(act, "offices", "offices.csv", offices)
        secret, _ = staff.first_administrator(act, "khamla", "Khamla")
        operations.accept_for(act, Keys.from_environment("benefits"), secret, word, device)
    engine.dispose()
    typed = {"username": "khamla", "password": word, "code": pyotp.TOTP(device).now()}
    session = client.post("/v1/sessions", json=typed)
    assert session.status_code == 201, session.text
    signed = {"Authorization": f"Bearer {there(session.json)['token']}"}
    assert client.get("/parked/benefits", headers=signed).status_code == 200
    assert mounted("payments").get("/parked/payments", headers=signed).status_code == 200, "her word is known there"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("missing", ["{}.secret", "{}.key.json", "{}.seal", "jwks.json"])
def test_readiness_names_the_key_that_is_missing(
    mounted: Callable[[str], FlaskClient], tmp_path: Path, service: str, missing: str
) -> None:
    client = mounted(service)
    name = missing.format(service)
    (tmp_path / f"{service}-keys" / name).unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not_ready", "reason": name})
