from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.content.card import CardId, ModuleId
from llmcore_tui.content.module import Module
from llmcore_tui.content.plan import Day, Plan, PlanOrder
from llmcore_tui.content.prerequisites import background, cycle, leads_to, order, too_early

TITLE = Bilingual("t", "题")


def graph(requires: dict[str, str]) -> dict[ModuleId, Module]:
    return {
        ModuleId(name): Module(
            ModuleId(name), "a", TITLE, tuple(ModuleId(each) for each in required.split()), "A"
        )
        for name, required in requires.items()
    }


def plan(*days: str, kept: PlanOrder = "prerequisites") -> Plan:
    return Plan(
        "p",
        TITLE,
        tuple(
            Day(index + 1, TITLE, tuple(ModuleId(each) for each in day.split()))
            for index, day in enumerate(days)
        ),
        kept,
    )


def test_a_ring_is_named_from_where_it_closes() -> None:
    assert cycle(graph({"a": "", "b": "a c", "c": "d", "d": "b"})) == ["b", "c", "d", "b"]
    assert cycle(graph({"a": "a"})) == ["a", "a"]
    assert cycle(graph({"a": "", "b": "a", "c": "a b", "d": "b c unknown"})) == []


def test_without_a_plan_each_module_follows_what_it_requires_in_the_order_of_the_file() -> None:
    modules = graph({"ppo": "gae", "math": "", "gae": "td", "td": "math", "sft": "math"})
    assert order(modules) == ["math", "td", "gae", "ppo", "sft"]


def test_a_plan_comes_first_and_does_not_wait_for_what_it_leaves_out() -> None:
    modules = graph({"math": "", "mdp": "math", "td": "mdp", "sft": "math"})
    assert order(modules, plan("mdp", "td")) == ["mdp", "td", "math", "sft"]


def test_a_plan_that_is_wrong_is_put_right_and_one_that_keeps_its_order_is_not() -> None:
    modules = graph({"a": "", "b": "a"})
    assert order(modules, plan("b", "a")) == ["a", "b"]
    assert order(modules, plan("b", "a", kept="given")) == ["b", "a"]


def test_a_day_of_single_cards_counts_for_their_modules() -> None:
    spread = Plan("p", TITLE, (Day(1, TITLE, cards=(CardId("b.one"), CardId("b.two"), CardId("a.one"))),))
    assert spread.modules == ("b", "a")


def test_background_is_all_that_is_required_in_the_order_to_learn_it() -> None:
    modules = graph({"math": "", "mdp": "math", "td": "mdp", "adv": "td", "other": ""})
    assert background(modules, ModuleId("adv")) == ["math", "mdp", "td"]
    assert background(modules, ModuleId("math")) == []
    assert leads_to(modules, ModuleId("mdp")) == ["td"]


def test_a_module_taught_too_early_is_found_through_modules_the_plan_leaves_out() -> None:
    modules = graph({"a": "", "b": "a", "c": "b"})
    assert too_early(modules, plan("c", "a")) == [("c", "a")]
    assert too_early(modules, plan("a", "c")) == []
    assert too_early(modules, plan("c b")) == [("c", "b")]
    assert too_early(modules, plan("c")) == []


GRAPHS = st.lists(st.sets(st.integers(0, 11), max_size=4), min_size=1, max_size=12).map(
    lambda rows: graph(
        {str(row): " ".join(str(each) for each in sorted(required)) for row, required in enumerate(rows)}
    )
)


@given(GRAPHS, st.lists(st.integers(0, 11).map(str), max_size=6, unique=True))
def test_every_order_has_each_module_once_and_no_ring_means_no_one_is_early(
    modules: dict[ModuleId, Module], days: list[str]
) -> None:
    along = plan(*days)
    taught = order(modules, along)
    assert sorted(taught) == sorted(modules)
    ring = cycle(modules)
    if ring:
        assert all(after in modules[before].requires for before, after in pairwise(ring))
        return
    place = {module: index for index, module in enumerate(order(modules))}
    for module in modules.values():
        assert all(place[each] < place[module.id] for each in module.requires if each in modules)
        assert set(module.requires) & set(modules) <= set(background(modules, module.id))
