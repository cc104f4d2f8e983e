"""Measurements: each prints a table with the machine and the versions (bench/README.md explains them)."""
