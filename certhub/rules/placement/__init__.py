"""Proposals: which coordinators could work in which practices, found by plain arithmetic and explained line by line."""
