"""Kills, restarts, outages and full disks, for real: what nobody can rule out, and nothing may be lost by."""
