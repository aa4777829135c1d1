"""Figures of Portico under load: `python -m benchmarks NAME` prints one JSON line; docs/performance.md explains it."""
