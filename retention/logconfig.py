"""Operators' log lines, once for the whole process: JSON where a machine reads, a console where a person does.

On standard error, so that what a command prints can be piped. A run binds its id (`run_id`) once, and every line of
it carries that. No line holds a value of a record: an exception is named by its class, never printed (P7).
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

from retention.config.sections import LogFormat
from retention.importing import without

with without("rich"):  # a tenth of what it takes to start, to draw the tracebacks that no line of ours has
    import structlog
    from structlog.typing import EventDict, Processor, WrappedLogger


def configure(form: LogFormat, stream: TextIO | None = None) -> None:
    """Set up structlog for this process; `stream` is standard error unless a test says otherwise."""
    target = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            _renderer(form, target),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )


def name_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class: a driver's own text may repeat a record's values."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    elif found is True:
        found = sys.exc_info()[1]
    if isinstance(found, BaseException):
        event["exception"] = type(found).__name__
    return event


def _renderer(form: LogFormat, stream: TextIO) -> Processor:
    match form:
        case LogFormat.JSON:
            return structlog.processors.JSONRenderer(sort_keys=True)
        case LogFormat.CONSOLE:
            return structlog.dev.ConsoleRenderer(colors=stream.isatty())
        case LogFormat.AUTO:
            return _renderer(LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON, stream)
