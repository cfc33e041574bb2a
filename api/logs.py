"""Structured logs: one JSON object a line on standard error, no personal data, no paths with identifiers."""

import sys

import structlog


def configure(level: str) -> None:
    """Set up structlog for a serving process; call once, before the first log line. Levels below stay silent."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
