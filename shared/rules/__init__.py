"""The rules of the Facility: what may happen (decide) and what happened (apply), pure functions."""
