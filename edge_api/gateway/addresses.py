"""From which address a call comes: the connection's, unless that is a proxy which says for whom it calls."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from ananta.settings_types import Network

# As proxies write it: some with a port, an IPv6 address then in brackets. No zone: it could hold anything.
_ENTRY = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?|([0-9A-Fa-f:.]+)")


def caller_address(peer: str, headers: Sequence[tuple[bytes, bytes]], trusted: Sequence[Network]) -> str:
    """The address of who calls: of ``X-Forwarded-For`` what a trusted proxy wrote, and nothing left of that.

    Each proxy adds at the right end who called it. From there, the first that is no trusted proxy itself is the
    caller; what is left of it the caller wrote. The connection's address, where it is not a trusted proxy's, where
    there is no such header, and where what a proxy wrote is no address.
    """
    if not trusted or not _is_trusted(_address(peer), trusted):
        return peer
    lines = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    found = None
    for entry in reversed(",".join(lines).split(",")):
        found = _address(entry.strip(" \t"))
        if found is None:
            return peer
        if not _is_trusted(found, trusted):
            break
    return str(found)


def counted_address(address: str) -> str:
    """As what an address counts where callers are limited: an IPv6 one as its /64, all of which is one customer's."""
    found = _address(address) if ":" in address else None
    if found is None:
        return address
    return str(IPv6Network((int(found), 64), strict=False)) if found.version == 6 else str(found)


def _is_trusted(address: IPv4Address | IPv6Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address inside an IPv6 one, as two-family sockets show it, is the IPv4 address."""
    match = _ENTRY.fullmatch(text)
    try:
        address = ip_address(match[1] or match[2] or match[3]) if match else None
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
