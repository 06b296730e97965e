"""What a running reporting service is made of, and how its routes reach it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Semaphore
from typing import Protocol

from flask import current_app

from reporting_service.follower.follower import FollowerStatus
from reporting_service.metrics import Metrics
from reporting_service.projections.store import Store
from reporting_service.settings import Settings
from shared.access import TokenChecker
from shared.bodies import Bodies

EXTENSION = "fund1035.reporting"


class Followed(Protocol):
    """What the doors ask of the follower."""

    def status(self) -> FollowerStatus:
        """How far it is."""


@dataclass(frozen=True)
class Reporting:
    """The parts of the service, built once by `create_app`."""

    settings: Settings
    store: Store
    follower: Followed
    checker: TokenChecker
    metrics: Metrics
    now: Callable[[], datetime]
    bodies: Bodies
    supposing: Semaphore = field(default_factory=lambda: Semaphore(1))
    """One what-if at a time: each reads the whole history."""
    bundling: Semaphore = field(default_factory=lambda: Semaphore(2))
    """Two audit bundles at a time: each holds the whole history."""


def reporting() -> Reporting:
    """The service that answers the present request."""
    found: Reporting = current_app.extensions[EXTENSION]
    return found
