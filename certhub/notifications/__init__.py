"""What each message says, and how it leaves the house."""
