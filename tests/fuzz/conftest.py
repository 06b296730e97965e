"""The pair of real services that inputs are sent to."""

from tests.pair.conftest import shared_pair

__all__ = ["shared_pair"]
