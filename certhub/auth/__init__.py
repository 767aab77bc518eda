"""Who is there, and whether they may: the guard in front of every view."""
