"""Counters of requests and gauges of the log, in a registry of the application's own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ledger.domain.events import Value

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)


class Metrics:
    """Labels are route templates, never paths."""

    def __init__(self) -> None:
        """Each application counts for itself."""
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter("pfl_http_requests", "requests answered", (*labels, "status"), registry=self.registry)
        self._seconds = Histogram("pfl_http_seconds", "time to answer", labels, registry=self.registry, buckets=BUCKETS)
        self._records = Gauge("pfl_records", "records in the log", registry=self.registry)
        self._backlog = Gauge(
            "pfl_unanchored_records", "records not yet under a final checkpoint", registry=self.registry
        )
        self._age = Gauge("pfl_oldest_unanchored_seconds", "age of the oldest of them", registry=self.registry)
        self._final_lag = Gauge(
            "pfl_final_lag_seconds", "age of the oldest checkpoint that is not final", registry=self.registry
        )
        self._left_out = Gauge("pfl_left_out_writes", "writes that contracts refused", registry=self.registry)
        self._problem = Gauge("pfl_anchoring_problem", "0 none, 1 degraded, 2 broken", registry=self.registry)

        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        counted = self._answers.get((method, route, status))
        if counted is None:
            counted = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
            self._answers[method, route, status] = counted
        counted[0].inc()
        counted[1].observe(seconds)

    def exposition(self, health: dict[str, Value]) -> bytes:
        """Return everything in Prometheus' text form, with the log's state as ``health`` tells it."""
        for gauge, name in (
            (self._records, "records"),
            (self._backlog, "backlog"),
            (self._age, "oldest_unanchored_seconds"),
        ):
            gauge.set(_number(health[name]))
        anchoring = health["anchoring"]
        if isinstance(anchoring, dict):
            self._final_lag.set(_number(anchoring["final_lag_seconds"]))
            self._left_out.set(_number(anchoring["left_out"]))
        self._problem.set(("ok", "degraded", "broken").index(str(health["status"])))
        return generate_latest(self.registry)


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
