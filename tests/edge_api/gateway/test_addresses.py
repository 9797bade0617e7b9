"""Whose address counts: what a trusted proxy says, and nothing that a caller can write himself."""

from ipaddress import ip_network

import pytest

from edge_api.gateway.addresses import caller_address, counted_address

TRUSTED = [ip_network(network) for network in ("10.0.0.0/8", "192.0.2.7/32", "2001:db8:1::/48")]
CALLER = "203.0.113.9"


def address(*lines: str, peer: str = "10.1.2.3") -> str:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in lines]
    return caller_address(peer, [(b"host", b"x"), *headers, (b"forwarded", b"for=6.6.6.6")], TRUSTED)


@pytest.mark.parametrize("peer", ["203.0.113.1", "192.0.2.8", "2001:db8:2::1", "::ffff:203.0.113.1", "unknown", ""])
def test_who_is_no_trusted_proxy_is_not_believed(peer: str) -> None:
    assert address(CALLER, peer=peer) == peer


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert caller_address("127.0.0.1", [(b"x-forwarded-for", CALLER.encode())], []) == "127.0.0.1"


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.0.2.7", "2001:db8:1::5", "::ffff:10.1.2.3"])
def test_a_trusted_proxy_is_believed(peer: str) -> None:
    assert address(CALLER, peer=peer) == CALLER


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_a_proxy_that_says_nothing_is_the_caller(peer: str) -> None:
    assert address(peer=peer) == peer
    assert address("", peer=peer) == peer


@pytest.mark.parametrize(
    "lines",
    [
        ["6.6.6.6, 203.0.113.9"],
        ["10.0.0.9, 203.0.113.9"],
        ["6.6.6.6, 203.0.113.9, 10.9.9.9"],
        ["6.6.6.6,203.0.113.9 ,\t192.0.2.7,2001:db8:1::1"],
        ["<script>, ,, 203.0.113.9"],
        ["6.6.6.6", "203.0.113.9"],
        ["6.6.6.6", "203.0.113.9, 10.9.9.9", "10.9.9.8"],
        ["6.6.6.6, 203.0.113.9", "192.0.2.7"],
    ],
)
def test_what_the_caller_wrote_himself_does_not_count(lines: list[str]) -> None:
    assert address(*lines) == CALLER


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("203.0.113.9:51234", CALLER),
        ("2001:db8::9", "2001:db8::9"),
        ("2001:DB8:0:0::9", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("[2001:db8::9]:51234", "2001:db8::9"),
        ("::ffff:203.0.113.9", CALLER),
        ("[::ffff:203.0.113.9]:80", CALLER),
    ],
)
def test_ports_and_both_families(entry: str, expected: str) -> None:
    assert address(f"6.6.6.6, {entry}") == expected
    assert address(f"{entry}, [2001:db8:1::1]:443") == expected


@pytest.mark.parametrize(
    "entry",
    ["unknown", "_hidden", "", "203.0.113", "203.0.113.256", "203.0.113.9:", "203.0.113.9:x", "2001:db8::9]", "[::1",
     "fe80::1%eth0", 'fe80::1%";for=6.6.6.6', "203.0.113.9\r\nX: y", ":::", "for=203.0.113.9", "é", "٣.٣.٣.٣"],
)  # fmt: skip
def test_what_is_no_address_leaves_the_proxys(entry: str) -> None:
    lines = [f"{CALLER}, {entry}", f"{CALLER}, {entry}, 10.9.9.9"]
    assert [caller_address("10.1.2.3", [(b"x-forwarded-for", line.encode())], TRUSTED) for line in lines] == [
        "10.1.2.3"
    ] * 2


def test_a_call_from_among_the_proxies_is_the_first_ones() -> None:
    assert address("10.5.5.5, 192.0.2.7") == "10.5.5.5"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_a_customers_ipv6_addresses_count_as_one(address: str, counted: str) -> None:
    assert counted_address(address) == counted
