"""CertHub: certification, contracting and reminders for Massachusetts pediatric care coordination."""
