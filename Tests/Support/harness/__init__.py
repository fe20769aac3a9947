"""Runs the release programs as users do, for end-to-end tests and benchmarks."""
