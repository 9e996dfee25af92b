"""Ids of our own: version 7 by RFC 9562, in the order they were made."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from llmcore_progress.uuid7 import Uuid7


def test_the_example_of_rfc_9562_appendix_a6_comes_out_to_the_bit() -> None:
    # unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F (RFC 9562, A.6, from memory); rand_a 0xCC3 is
    # no microsecond count, so only its upper bits, 0x330 << 2, can be asked for here
    made = Uuid7(lambda _: (0x18C4DC0C0C07398F << 2).to_bytes(8, "big")).new(0x017F22E279B0 * 1000 + 0x330)
    assert made == "017f22e2-79b0-7cc0-98c4-dc0c0c07398f"


@given(at=st.integers(0, (1 << 48) * 1000 - 1), noise=st.binary(min_size=8, max_size=8))
def test_an_id_has_version_variant_and_time(at: int, noise: bytes) -> None:
    made = uuid.UUID(Uuid7(lambda _: noise).new(at))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == at // 1000
    assert (made.int >> 66) & 0x3FF == at % 1000


@given(times=st.lists(st.integers(-10, 3_000_000), min_size=2, max_size=50))
def test_ids_of_one_process_grow_even_when_the_clock_goes_back(times: list[int]) -> None:
    make = Uuid7(lambda _: b"\xff" * 8)
    ids = [make.new(at) for at in times]
    assert ids == sorted(set(ids))


@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=20, unique=True))
def test_ids_of_different_processes_sort_as_their_microseconds(times: list[int]) -> None:
    ids = [Uuid7().new(at) for at in sorted(times)]
    assert ids == sorted(ids)
