"""Faults of every class against both real services: seeded, judged by what shares no code with them.

`python -m tests.faults --help`, `make faults SEEDS=1035:1045`; docs/reliability.md says what each class shows.
"""
