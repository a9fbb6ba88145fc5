"""Measurements. `make bench` runs them all and writes the table in README.md."""
