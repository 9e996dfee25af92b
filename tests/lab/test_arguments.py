"""Flags as they are typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.errors import DemoError, InputError, LlmcoreError, UnknownName
from llmcore_tui.lab.arguments import parse_flags, parse_values, type_flags
from llmcore_tui.lab.demo import Demo, read_demo
from tests.lab.small_demo import EVERY_TYPE, write_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return read_demo(write_demo(tmp_path_factory.mktemp("deck"), EVERY_TYPE, "every"))


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ([], {}),
        (["--rate", "0.25"], {"rate": 0.25}),
        (["--rate=1e-3"], {"rate": 0.001}),
        (["--rate", "2"], {"rate": 2.0}),
        (["--count", "1e2"], {"count": 100}),
        (["--n", "mc"], {"n": "mc"}),
        (["--n=8"], {"n": 8}),
        (["--slippery"], {"slippery": True}),
        (["--no-slippery"], {"slippery": False}),
        (["--slippery=no"], {"slippery": False}),
        (["--method", "full", "--bits", "8"], {"method": "full", "bits": 8}),
        (["--map-name", "8x8"], {"map_name": "8x8"}),
        (["--map_name", "--odd"], {"map_name": "--odd"}),
        (["--logits", "0,-1,2.5"], {"logits": (0.0, -1.0, 2.5)}),
        (["--logits=-1"], {"logits": (-1.0,)}),
        (["--seed", "3", "--seed", "4"], {"seed": 4}),
    ],
)
def test_typed_flags_become_values(demo: Demo, words: list[str], flags: dict[str, Any]) -> None:
    parsed = parse_flags(demo, words)
    assert parsed == flags
    assert [type(value) for value in parsed.values()] == [type(value) for value in flags.values()]


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["--ratte", "1"], UnknownName, "There is no flag of every called '--ratte'. Did you mean --rate?"),
        (["--no-rate"], UnknownName, "--rate"),
        (["rate", "1"], InputError, "'rate' is not a flag. `llmcore demo every --help` lists them."),
        (["-r"], InputError, "'-r' is not a flag"),
        (["--rate"], InputError, "--rate needs a value, float."),
        (["--rate", "fast"], DemoError, "every: --rate takes a number, not 'fast'."),
        (["--rate", "nan"], DemoError, "--rate takes a number, not 'nan'."),
        (["--rate", "inf"], DemoError, "--rate takes a number, not 'inf'."),
        (["--rate", "-1"], DemoError, "--rate must be at least 0, not -1."),
        (["--count", "2.5"], DemoError, "--count takes a whole number, not '2.5'."),
        (["--count", "101"], DemoError, "--count must be between 1 and 100, not 101."),
        (["--n", "md"], DemoError, "--n takes a whole number or mc, not 'md'."),
        (["--method", "lorra"], DemoError, "--method is one of lora|full, not 'lorra'. Did you mean lora?"),
        (["--slippery=maybe"], DemoError, "--slippery takes true or false, not 'maybe'."),
        (["--logits", "1,,2"], DemoError, "--logits takes numbers with commas between them, not '1,,2'."),
        (["--count", "9" * 5_000], DemoError, "--count"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    demo: Demo, words: list[str], error: type[LlmcoreError], message: str
) -> None:
    with pytest.raises(error) as caught:
        parse_flags(demo, words)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("flag", "given_", "wanted"),
    [
        ("rate", 3, 3.0),
        ("count", 3.0, 3),
        ("logits", [1, 2], (1.0, 2.0)),
        ("n", "mc", "mc"),
        ("bits", 8, 8),
    ],
)
def test_values_from_yaml_are_taken_in_the_flags_type(
    demo: Demo, flag: str, given_: object, wanted: object
) -> None:
    value = demo.settings({flag: given_})[flag]
    assert value == wanted
    assert type(value) is type(wanted)


@pytest.mark.parametrize(
    ("flag", "given_"),
    [
        ("rate", True),
        ("rate", "0.5"),
        ("rate", None),
        ("rate", float("nan")),
        ("count", 2.5),
        ("count", False),
        ("slippery", 1),
        ("slippery", "yes"),
        ("method", "LORA"),
        ("bits", 4.5),
        ("bits", True),
        ("map_name", 4),
        ("logits", []),
        ("logits", ["1"]),
        ("logits", [True]),
        ("logits", "1,2"),
    ],
)
def test_values_of_another_type_are_refused(demo: Demo, flag: str, given_: object) -> None:
    with pytest.raises(DemoError, match=rf"every: --{flag.replace('_', '-')} "):
        demo.settings({flag: given_})


finite = st.floats(allow_nan=False, allow_infinity=False)
settings = st.fixed_dictionaries(
    {},
    optional={
        "rate": finite.filter(lambda rate: rate >= 0),
        "count": st.integers(1, 100),
        "n": st.integers(1, 10**9) | st.just("mc"),
        "slippery": st.booleans(),
        "method": st.sampled_from(["lora", "full"]),
        "bits": st.sampled_from([4, 8]),
        "map_name": st.text().map(str.strip),
        "logits": st.lists(finite, min_size=1).map(tuple),
        "seed": st.integers(0, 2**63),
    },
)


@given(given_=settings)
def test_settings_typed_out_and_parsed_are_the_same_settings(demo: Demo, given_: dict[str, Any]) -> None:
    words = type_flags(demo, given_)
    parsed = parse_flags(demo, words)
    assert parsed == given_
    assert {name: type(value) for name, value in parsed.items()} == {
        name: type(value) for name, value in given_.items()
    }


@given(
    words=st.lists(st.text() | st.sampled_from(["--rate", "--count", "--no-slippery", "--logits=", "--n=mc"]))
)
def test_any_words_are_parsed_or_refused_in_one_line(demo: Demo, words: list[str]) -> None:
    try:
        parsed = parse_flags(demo, words)
    except LlmcoreError:
        parsed = {}
    assert demo.settings(parsed).keys() == {flag.name for flag in demo.flags}


@pytest.mark.parametrize(
    ("flag", "text", "values"),
    [
        ("rate", "0:1:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("rate", "0:0.3:0.1", [0.0, 0.1, 0.2, 0.3]),
        ("rate", "0.5,2", [0.5, 2.0]),
        ("count", "1:5:2", [1, 3, 5]),
        ("n", "1,2,mc", [1, 2, "mc"]),
        ("method", "lora,full", ["lora", "full"]),
        ("slippery", "true,false", [True, False]),
        ("logits", "0,1;2,3", [(0.0, 1.0), (2.0, 3.0)]),
    ],
)
def test_a_sweep_has_its_values(demo: Demo, flag: str, text: str, values: list[object]) -> None:
    assert parse_values(demo, demo.flag(flag), text) == values


@pytest.mark.parametrize("text", ["0:1:0", "1:0:0.1", "0:1:-1", "0:1:x", "0:1:1e-9", "nan:1:1", "0:inf:1"])
def test_a_sweep_without_end_or_sense_is_refused(demo: Demo, text: str) -> None:
    with pytest.raises(InputError, match="is not LOW:HIGH:STEP"):
        parse_values(demo, demo.flag("rate"), text)


def test_a_sweep_beyond_the_range_is_refused(demo: Demo) -> None:
    with pytest.raises(DemoError, match="--count must be between 1 and 100, not 101"):
        parse_values(demo, demo.flag("count"), "99:101:1")
