"""Where travel times come from."""

import http.server
import json
import threading

import pytest
from engine import travel
from engine.problem import Options, Place, Problem

SHANGHAI = Place("sh", lat=31.2304, lon=121.4737)
SUZHOU = Place("sz", lat=31.2990, lon=120.5853)


def problem(places, **options):
    return Problem.build(
        places=places, engineers=[], orders=[], options=Options(**options)
    )


def test_straight_lines_are_not_rounded():
    found = problem([Place(1, 0, 0), Place(2, 1, 1)])
    assert found.travel(1, 2) == pytest.approx(2**0.5, abs=1e-15)


def test_great_circle_at_a_speed():
    """Shanghai to Suzhou are 84.8 km as the crow flies."""
    found = problem([SHANGHAI, SUZHOU], speed=60, detour=1)
    assert found.travel("sh", "sz") / 60 == pytest.approx(84.8, abs=0.1)
    slow = problem([SHANGHAI, SUZHOU], speed=30, detour=1.5)
    assert slow.travel("sz", "sh") == pytest.approx(3 * found.travel("sh", "sz"))
    assert found.travel("sh", "sh") == 0


class Osrm(http.server.BaseHTTPRequestHandler):
    """Answers a table: the i-th asked source to the j-th destination takes 60 i + j."""

    def do_GET(self):
        self.server.asked.append(self.path)
        points, _mark, query = self.path.rpartition("/")[2].partition("?")
        count = len(points.split(";"))
        values = dict(item.split("=") for item in query.split("&"))
        sources = values["sources"].replace("%3B", ";").split(";")
        rows = [
            [60.0 * i + j for j in range(count - len(sources))]
            for i in range(len(sources))
        ]
        if self.server.broken:
            rows[0][0] = None
        body = json.dumps({"code": "Ok", "durations": rows}).encode()
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def osrm():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Osrm)
    server.asked, server.broken, server.status = [], False, 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_server_that_knows_the_roads(osrm):
    places = [Place(n, lat=30 + n / 100, lon=120) for n in range(60)]
    found = problem(places, osrm=f"http://127.0.0.1:{osrm.server_port}")
    assert found.remarks == ()
    assert found.travel(1, 3) == 63
    assert found.travel(55, 51) == 60 * 5 + 1
    assert found.travel(7, 7) == 0
    # 60 places are two blocks in each direction.
    assert len(osrm.asked) == 4
    assert all("/table/v1/driving/120.0" in path for path in osrm.asked)


@pytest.mark.parametrize("fault", ["broken", "status", "address"])
def test_without_an_answer_the_great_circle_stands_in(osrm, fault):
    address = f"http://127.0.0.1:{osrm.server_port}/table/v1/driving"
    if fault == "broken":
        osrm.broken = True
    elif fault == "status":
        osrm.status = 503
    else:
        address = "http://127.0.0.1:1"
    found = problem([SHANGHAI, SUZHOU], osrm=address)
    assert len(found.remarks) == 1
    assert "did not answer" in found.remarks[0]
    circle = travel.great_circle([SHANGHAI, SUZHOU], 40.0, 1.3)
    assert found.matrix == circle
