"""Work that a clock starts: the registry, the runner, one module per job, and the worker that holds the lease."""
