"""`python -m mldx` is `mldx`."""

from mldx.cli import main

main()
