"""The canonical workload, the demo, benchmarks, and the runner of a pair of services."""
