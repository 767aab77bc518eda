"""The pages, one area each, independent of each other; every area exposes its blueprint as `bp`."""
