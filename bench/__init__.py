"""Measurements, each against a baseline in the same run: ``bin/ananta bench <name>``."""
