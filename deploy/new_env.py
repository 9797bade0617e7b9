"""Print a new .env for docker-compose.yml: passwords, secrets and token keys, all made now."""

import json
import tempfile
from pathlib import Path

from ananta.embedded import token_keys
from ananta.embedded.credentials import random_password, random_webhook_secret
from ananta.settings import Plane
from deploy.prepare import ROLES


def main() -> None:
    """Print; nothing is kept."""
    for name in ("POSTGRES", *(role.upper() for role in ROLES)):
        print(f"{name}_PASSWORD='{random_password()}'")
    print(f"WEBHOOK_SECRET='{random_webhook_secret()}'")
    print(f"GATEWAY_WEBHOOK_SECRET='{random_webhook_secret()}'")
    print(f"IDENTITY_ADMIN_SECRET='{random_password()}'")
    print(f"STUDIO_CRYPTO_KEY='{random_password()}'")
    with tempfile.TemporaryDirectory() as folder:
        for plane in Plane:
            private, public = token_keys.ensure(Path(folder), plane)
            print(f"{plane.upper()}_TOKEN_KEY='{private.read_text(encoding='ascii')}'")
            print(f"{plane.upper()}_TOKEN_JWKS='{json.dumps(json.loads(public.read_text(encoding='utf-8')))}'")


if __name__ == "__main__":
    main()
