"""What is written for containers and clusters: it builds, keeps its schema, and names only what exists."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.embedded.proxy import OWNERS, owner_of
from shared.process import PROCESSES

ROOT = Path(__file__).parent.parent.parent
SERVICES = ("benefits", "payments", "notifications")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
K8S = ROOT / "deploy" / "k8s"


def _objects() -> list[dict[str, Any]]:
    """All objects of the production overlay, built by kustomize; without kubectl the base as it is written."""
    if shutil.which("kubectl") is None:
        assert os.environ.get("CI") != "true", "CI must have kubectl"
        texts = [file.read_text() for file in sorted(K8S.glob("**/*.yaml")) if file.name != "kustomization.yaml"]
    else:
        done = subprocess.run(
            ["kubectl", "kustomize", str(K8S / "overlays" / "production")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        texts = [done.stdout]
    return [thing for text in texts for thing in yaml.safe_load_all(text) if thing]


OBJECTS = _objects()


def _pods() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for thing in OBJECTS:
        if thing["kind"] in ("Deployment", "Job"):
            for container in thing["spec"]["template"]["spec"]["containers"]:
                yield thing["metadata"]["name"], thing["spec"]["template"], container


def _of(kind: str) -> list[dict[str, Any]]:
    return [thing for thing in OBJECTS if thing["kind"] == kind]


def _known_variables() -> set[str]:
    """Every environment variable that our own code reads."""
    text = "".join(f.read_text() for part in ("shared", "services", "deploy") for f in (ROOT / part).rglob("*.py"))
    found = set(re.findall(r"""["']([A-Z][A-Z0-9_]{3,})["']""", text))
    return (
        found
        | {f"{s.upper()}_URL" for s in SERVICES}
        | {f"PRETEND_{p}_{w}" for p in ("BANK", "WALLET", "PHONE") for w in ("DATABASE_URL", "URL")}
    )


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda t: f"{t['kind']} {t['metadata']['name']}")
def test_each_object_keeps_the_schema_of_kubernetes(thing: dict[str, Any]) -> None:
    kubernetes_validate.validate(thing, kubernetes_validate.latest_version(), strict=True)


def test_compose_keeps_its_schema() -> None:
    schema = json.loads((ROOT / "deploy" / "schemas" / "compose-spec.json").read_text())
    jsonschema.validate(COMPOSE, schema)


@pytest.mark.parametrize("service", SERVICES)
def test_both_have_every_process_of_every_service(service: str) -> None:
    kinds = {"web", *PROCESSES} - {"worker"}  # the worker is the embedded default only
    names = {f"{service}-{kind}" for kind in kinds}
    assert names <= set(COMPOSE["services"])
    if any(thing["metadata"].get("namespace") for thing in OBJECTS) or OBJECTS:
        assert names <= {name for name, _, _ in _pods()}


def test_every_command_is_a_process_that_exists() -> None:
    commands = [container["command"] for _, _, container in _pods() if "command" in container]
    commands += [part["command"] for part in COMPOSE["services"].values() if "command" in part]
    for command in commands:
        if command[:2] == ["python", "-m"] and command[2].startswith("services."):
            assert command[3] in PROCESSES, command
            assert (ROOT / command[2].rsplit(".", 1)[0].replace(".", "/")).is_dir(), command
        elif command[:2] == ["python", "-m"]:
            assert command[2] in ("deploy.embedded.pretend_bank", "deploy.embedded.pretend_phone")


def test_every_variable_is_read_by_somebody() -> None:
    known = _known_variables()
    given = {name for part in COMPOSE["services"].values() for name in part.get("environment", {})}
    given -= {name for name in given if name.startswith(("POSTGRES_", "RABBITMQ_"))}
    for _, _, container in _pods():
        given |= {entry["name"] for entry in container["env"]}
    for config in _of("ConfigMap"):
        given |= set(config["data"])
    assert given - known == set()


def test_every_process_gets_what_a_service_needs() -> None:
    needed = {"DATABASE_URL", "KEYS_DIR", "AMQP_URL"}
    config = {name for thing in _of("ConfigMap") for name in thing["data"]} or needed
    for name, _, container in _pods():
        assert needed <= config | {entry["name"] for entry in container["env"]}, name
    for name, part in COMPOSE["services"].items():
        if str(part.get("image", "")).startswith("tideover/") and name.split("-")[0] in SERVICES:
            assert needed <= set(part["environment"]), name


def test_secrets_are_named_and_never_written() -> None:
    assert _of("Secret") == []
    told = (ROOT / "docs" / "running.md").read_text()
    for name, template, container in _pods():
        service = name.split("-")[0]
        for entry in container["env"]:
            assert "value" not in entry, (name, entry["name"])
            assert entry["valueFrom"]["secretKeyRef"]["name"] == service
            assert f"`{entry['valueFrom']['secretKeyRef']['key']}`" in told
        secrets = [v["secret"]["secretName"] for v in template["spec"]["volumes"] if "secret" in v]
        assert secrets == [f"{service}-keys"]


def test_every_container_is_held_tightly() -> None:
    for name, template, container in _pods():
        pod, own = template["spec"]["securityContext"], container["securityContext"]
        assert pod["runAsNonRoot"] is True, name
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert set(container["resources"]) == {"requests", "limits"}, name
        assert template["spec"]["automountServiceAccountToken"] is False, name
        if name.endswith("-web"):
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_services_lead_to_pods_that_exist() -> None:
    labels = [template["metadata"]["labels"] for _, template, _ in _pods()]
    for thing in _of("Service"):
        if thing["metadata"]["name"] != "nowhere":
            wanted = thing["spec"]["selector"].items()
            assert any(wanted <= found.items() for found in labels), thing["metadata"]["name"]
    services = {thing["metadata"]["name"] for thing in _of("Service")}
    for config in _of("ConfigMap"):
        for name in SERVICES:
            assert config["data"][f"{name.upper()}_URL"] == f"http://{name}:8000"
    for path in _paths():
        assert path["backend"]["service"]["name"] in services


def _paths() -> list[dict[str, Any]]:
    return [path for ingress in _of("Ingress") for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]


def test_all_three_proxies_have_the_same_table() -> None:
    table = {path: owner for path, owner in OWNERS.items() if not owner.startswith("pretend_")}
    paths = {p["path"]: p["backend"]["service"]["name"] for p in _paths()}
    if paths:
        assert {p: o for p, o in paths.items() if p not in ("/", "/metrics", "/readyz")} == table
        assert (paths["/"], paths["/metrics"], paths["/readyz"]) == ("benefits", "nowhere", "nowhere")
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    lines = re.findall(r"^\s+(~?\S+)\s+([a-z]+)-web:8000;", nginx, re.M)
    probes = [
        *table,
        *(f"{path}/x" for path in table if not path.endswith(".json")),
        "/",
        "/desk",
        "/v1/claims",
        "/paymentsx",
        "/openapi/benefits.json",
    ]
    for probe in probes:
        exact = [owner for pattern, owner in lines if pattern == probe]
        by_pattern = [owner for pattern, owner in lines if pattern.startswith("~") and re.search(pattern[1:], probe)]
        assert (exact + by_pattern + ["benefits"])[0] == owner_of(probe), probe
    for name in set(re.findall(r"//([a-z-]+):(\d+)", nginx)) | {(f"{owner}-web", "8000") for _, owner in lines}:
        assert name[0] in COMPOSE["services"], name
        assert name[1] == "8000"


def test_files_that_compose_and_docker_name_exist() -> None:
    for part in COMPOSE["services"].values():
        for volume in part.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], volume
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    stages = set()
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("FROM"):
            stages.add(line.split()[-1])
        if line.startswith("COPY --from="):
            assert line.split()[1].removeprefix("--from=") in stages
        elif line.startswith("COPY"):
            for source in line.split()[1:-1]:
                for service in SERVICES:
                    file = source.replace("${SERVICE}", service)
                    assert (ROOT / file).exists(), line
                    assert f"!{file.split('/')[0]}" in ignored, line
    for part in COMPOSE["services"].values():
        assert part.get("build", {}).get("target", "house") in stages


def test_images_hold_only_their_own_service_and_run_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^COPY services\S*", text, re.M) == [
        "COPY services/__init__.py",
        "COPY services/${SERVICE}",
    ]
    assert text.count("USER 10001") == 2
    assert "--no-control-socket -k gthread -w 2 --threads 4" in text
    for _, template, _ in _pods():
        assert template["spec"]["securityContext"]["runAsUser"] == 10001
