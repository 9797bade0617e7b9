"""``python -m ananta``: what ``bin/ananta`` runs once everything is set up."""

from ananta.cli import main

if __name__ == "__main__":
    main()
