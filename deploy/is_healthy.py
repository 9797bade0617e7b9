"""Health check of a container: every port named answers /health with 200."""

import sys
import urllib.request

for port in sys.argv[1:]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=3):
        pass
