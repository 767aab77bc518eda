"""The regulations as plain Python: no framework, no database, no clock; dates are passed in."""
