"""What the OpenAPI document promises, tried by a machine that reads nothing else, on the real service."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import positive_data_acceptance

from tests.e2e.serving import STAFF, Service, done
from tests.e2e.walking import Investor

pytestmark = pytest.mark.timeout(600)
schema = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")


BEARERS: dict[str, str] = {}


def duty(case: Any) -> str:
    """Return one duty that may make this call."""
    return str(case.operation.definition.raw.get("x-duties", [""])[0])


@schema.auth(cache_by_key=lambda case, _: duty(case))
class Bearer:
    """Gives each call a key that its duty may have; the machine takes it away where it tries without."""

    def get(self, case: Any, _context: Any) -> str:
        return BEARERS.get(duty(case), "")

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {})}
        if data:
            case.headers["Authorization"] = f"Bearer {data}"


@pytest.fixture(scope="session", autouse=True)
def _bearers(service: Service) -> None:
    investor = Investor.register(service)
    assessor = done(service.staff["admin"].post("/v1/keys", {"duty": "assessor", "label": "test assessor"}))["secret"]
    BEARERS.update({name: service.staff[name].bearer for name in STAFF})
    BEARERS.update(assessor=assessor, investor=investor.link.bearer)


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_no_input_breaks_a_promise(case: Any, service: Service) -> None:
    # The law refuses more than a schema can say: a future instant, an investor named twice.
    case.call_and_validate(base_url=service.base, excluded_checks=[positive_data_acceptance])
