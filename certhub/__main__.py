"""`python -m certhub` is the same as the `certhub` command."""

from certhub.cli import main

main()
