"""``ananta up`` whose supervisor never waits before a restart: a test kills more often than anything dies by itself."""

from ananta.cli import main
from ananta.embedded import supervisor

supervisor.LONGEST_PAUSE = 0.05

if __name__ == "__main__":
    main()
