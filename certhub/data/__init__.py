"""Data that ships with CertHub: standards, vocabularies, municipalities."""
