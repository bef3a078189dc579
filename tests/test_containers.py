"""The files of docker/ fit together: names, ports, variables, scripts."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

DOCKER = Path(__file__).resolve().parents[1] / "docker"
COMPOSE = ("compose.yaml", "compose.scale.yaml")


@pytest.fixture(scope="module")
def compose():
    """The services of the one-node file, with what the scale file adds to them."""
    services = {}
    for name in COMPOSE:
        for service, values in yaml.safe_load((DOCKER / name).read_text())[
            "services"
        ].items():
            merged = services.setdefault(service, {})
            for key, value in values.items():
                both = isinstance(value, dict) and isinstance(merged.get(key), dict)
                merged[key] = {**merged[key], **value} if both else value
    return services


@pytest.fixture(scope="module")
def nginx():
    return (DOCKER / "nginx.conf").read_text()


@pytest.mark.parametrize("name", COMPOSE)
def test_every_variable_is_in_the_example(name):
    example = re.findall(r"(?m)^(\w+)=", (DOCKER / ".env.example").read_text())
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", (DOCKER / name).read_text()))
    assert used <= set(example)


def test_no_file_has_a_password():
    for path in DOCKER.iterdir():
        for value in re.findall(r"(?i)password\w*[=:][ \t]*(\S+)", path.read_text()):
            assert value.startswith("${QIFEI_DB_PASSWORD:?"), path


def test_every_mounted_file_is_there(compose):
    mounts = [
        mount.split(":")[0]
        for service in compose.values()
        for mount in service.get("volumes", [])
        if mount.startswith("./")
    ]
    assert mounts
    assert [mount for mount in mounts if not (DOCKER / mount).is_file()] == []


def test_every_service_waited_for_is_there(compose):
    for service in compose.values():
        assert set(service.get("depends_on", {})) <= set(compose)


def test_node_reads_from_the_replica_and_shares_its_files(compose):
    node = compose["odoo"]
    assert node["environment"]["PGHOST"] in compose
    assert node["environment"]["PGHOST_REPLICA"] in compose
    config = configparser.ConfigParser()
    config.read(DOCKER / "odoo.conf")
    options = config["options"]
    assert [f"odoo-data:{options['data_dir']}"] == node["volumes"]
    assert int(options["workers"]) > 0
    assert options.getboolean("proxy_mode")


def test_pages_and_websocket_are_routed_to_the_ports_of_a_node(compose, nginx):
    config = configparser.ConfigParser()
    config.read(DOCKER / "odoo.conf")
    routes = dict(re.findall(r"location (\S+) \{\s+proxy_pass http://(\S+);", nginx))
    assert routes == {
        "/": f"$node:{config['options']['http_port']}",
        "/websocket": f"$node:{config['options']['gevent_port']}",
    }
    assert re.search(r"set \$node (\w+);", nginx)[1] in compose
    assert compose["nginx"]["ports"][0].endswith(
        ":" + re.search(r"listen (\d+);", nginx)[1]
    )


@pytest.mark.parametrize("script", sorted(DOCKER.glob("*.sh")), ids=lambda p: p.name)
def test_scripts_can_be_run(script):
    assert script.stat().st_mode & 0o100
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_image_copies_what_the_build_context_lets_through():
    text = (DOCKER / "Dockerfile").read_text()
    allowed = re.findall(r"(?m)^!(.+)$", (DOCKER.parent / ".dockerignore").read_text())
    copied = re.findall(r"(?m)^COPY (?:--\S+ )*(\S+) \S+$", text)
    assert sorted(copied) == sorted(allowed)
