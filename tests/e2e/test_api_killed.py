"""kill -9 in the middle of everything: what was acknowledged is there once, gets anchored, and the sale goes on."""

import itertools
import json
import signal
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.processes import Process, pfl
from tests.e2e.serving import Service, done
from tests.e2e.walking import Investor, Sale, product

PERSON = {
    "kind": "natural_person",
    "name": "王五",
    "id_type": "resident_id",
    "id_number": "110101199001011234",
    "mobile": "13800000000",
    "channel": "web",
}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One data directory for both tests: each begins where nothing is running on it."""
    started = Process(tmp_path_factory.mktemp("killed") / "data")
    yield started
    started.kill()


def register(service: Service, key: str) -> httpx.Response:
    return service.staff["sales"].post("/v1/investors", PERSON, key=key)


def write_until_dead(service: Service, name: str, answers: dict[str, bytes | None]) -> None:
    """Register investor after investor; ``None`` marks the request that got no answer."""
    for number in itertools.count():
        key = f"{name}-{number}"
        answers[key] = None
        try:
            answers[key] = done(register(service, key), 201) and register(service, key).content
        except httpx.TransportError:
            return


def wait_until_anchored(service: Service) -> None:
    deadline = time.monotonic() + 60
    while done(service.staff["auditor"].get("/health"))["backlog"]:
        assert time.monotonic() < deadline, "the backlog does not shrink"
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_was_acknowledged_survives_kill_9_and_is_there_once(process: Process) -> None:
    answers: dict[str, bytes | None] = {}
    for _ in range(2):
        service = process.start()
        before = len(answers)
        writers = [
            threading.Thread(target=write_until_dead, args=(service, f"{before}-{n}", answers)) for n in range(3)
        ]
        for writer in writers:
            writer.start()
        while len(answers) < before + 20:
            time.sleep(0.01)
        process.kill()
        for writer in writers:
            writer.join()
    service = process.start()
    records: int = done(service.staff["auditor"].get("/health"))["records"]
    known = {key: content for key, content in answers.items() if content is not None}
    assert len(known) >= 30
    for key, content in known.items():
        assert register(service, key).content == content
    assert done(service.staff["auditor"].get("/health"))["records"] == records  # repeats wrote nothing
    unanswered = [done(register(service, key), 201)["investor"] for key in answers.keys() - known.keys()]
    streams = {*unanswered, *(json.loads(content)["investor"] for content in known.values())}
    assert len(streams) == len(answers)
    wait_until_anchored(service)
    assert process.stop() in {0, -signal.SIGTERM}
    checked = pfl("fsck", data=process.data)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_sale_goes_on_after_kill_9_between_its_steps(process: Process) -> None:
    service = process.start()
    fund = product(service)
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund)
    sale.match()
    items = sale.disclose()["items"]
    sale.confirm(items[:6])
    sale.certify_device()
    process.kill()
    service = process.start()
    device, stream = investor.device, investor.stream
    token = done(service.staff["sales"].post(f"/v1/investors/{stream}/links"))["token"]
    investor = Investor(service, stream, type(investor.link)(service.base, token), device)
    sale = Sale(service, investor, sale.stream)
    assert sale.show()["done"]["items_confirmed"] == 6
    sale.confirm(items[6:])
    ready = sale.prepare("risk_disclosure")
    process.kill()  # a prepared signature survives too
    service = process.start()
    link = type(investor.link)(service.base, investor.link.bearer)
    investor = Investor(service, stream, link, device)
    sale = Sale(service, investor, sale.stream)
    done(sale.complete(ready), 201)
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    sale.sign("fund_contract")
    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    done(sale.pay(), 201)
    service.advance(hours=24)
    process.kill()  # the simulated clock does not run back
    service = process.start()
    sale = Sale(service, investor, sale.stream)
    assert done(sale.visit())["successful"]
    made = done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)
    assert made["verdict"] == "holds"
