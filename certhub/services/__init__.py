"""What CertHub does: one verb per function. The actor and the time are passed in; nothing here commits."""
