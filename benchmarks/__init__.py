"""What CertHub must be able to do, measured: `python -m benchmarks` (or `make bench`)."""
