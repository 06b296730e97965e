"""The one workload that the demo, the property tests and the benchmarks share."""
