"""`python -m curbside` is the `curbside` command."""

from curbside.interfaces.cli import main

if __name__ == "__main__":
    main()
