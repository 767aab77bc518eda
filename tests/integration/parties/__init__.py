"""Organizations, coordinators and what is entered on their records."""
