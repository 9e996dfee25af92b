"""Rows of a batch: what they mean, and that every other line is refused with what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcore_tui.content.bilingual import Language
from llmcore_tui.grading.batch_row import HEAVIEST, BadRow, Row, read_row

POINT = {"id": "formula", "say": {"en": "It is Q minus V.", "zh": "是 Q 减 V。"}}
GOOD: dict[str, Any] = {"id": "r", "question": "What is it?", "points": ["It grows."], "answer": "It grows."}


def row(language: Language = "en", **changes: Any) -> Row:
    """The good row with some of its fields changed."""
    return read_row(json.dumps({**GOOD, **changes}), language)


def test_a_bare_text_is_a_point_named_by_its_number() -> None:
    found = row(points=["It grows.", "It is even."])
    assert [(each.id, each.say, each.wordings, each.must, each.weight) for each in found.rubric.points] == [
        ("1", "It grows.", ("It grows.",), False, 1),
        ("2", "It is even.", ("It is even.",), False, 1),
    ]
    assert (found.id, found.answer, found.rubric.question, found.has_points) == (
        "r",
        "It grows.",
        ("What is it?",),
        True,
    )


@pytest.mark.parametrize(("language", "say"), [("en", "It is Q minus V."), ("zh", "是 Q 减 V。")])
def test_a_point_counts_in_both_languages_and_is_named_in_the_one_asked_for(
    language: Language, say: str
) -> None:
    point = {**POINT, "accept": {"en": ["Q - V"], "zh": ["Q 减去 V"]}, "must": True, "weight": 2.5}
    [found] = row(language, points=[point]).rubric.points
    assert (found.say, found.must, found.weight) == (say, True, 2.5)
    assert found.wordings == ("It is Q minus V.", "是 Q 减 V。", "Q - V", "Q 减去 V")


def test_one_list_of_wordings_serves_both_languages() -> None:
    [found] = row(points=[{"id": "a", "say": "It grows.", "accept": ["rises", "变大"]}]).rubric.points
    assert found.wordings == ("It grows.", "rises", "变大")


def test_references_alone_make_one_point_of_all_their_wordings() -> None:
    found = row(points=None, references=["It grows.", "It rises."])
    [point] = found.rubric.points
    assert (point.id, point.wordings, found.has_points) == ("reference", ("It grows.", "It rises."), False)
    assert found.rubric.references == ("It grows.", "It rises.")


def test_references_beside_points_are_what_a_copy_would_come_from() -> None:
    found = row(references=["It grows and grows."])
    assert found.has_points
    assert found.rubric.references == ("It grows and grows.",)
    assert [each.id for each in found.rubric.points] == ["1"]


def test_misconceptions_may_be_texts_or_come_with_what_to_say_instead() -> None:
    claims = row(misconceptions=["It squares.", {"id": "m", "says": "It halves.", "fix": "It doubles."}])
    assert [(each.id, each.says, each.fix) for each in claims.rubric.wrong_claims] == [
        ("1", "It squares.", ""),
        ("m", "It halves.", "It doubles."),
    ]


@pytest.mark.parametrize("row_id", ["a", "", 7, -1, 10**30, "\ud800"])
def test_an_id_is_given_back_as_it_is(row_id: str | int) -> None:
    assert row(id=row_id).id == row_id


def test_an_empty_answer_or_question_is_one() -> None:
    assert (row(answer="").answer, row(question="").rubric.question) == ("", ("",))


def test_what_is_not_known_is_passed_over() -> None:
    assert row(score=0.5, points=[{**POINT, "topic": None}]).rubric.points[0].id == "formula"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"answer": None}, "answer: there is none"),
        ({"answer": 3}, "answer: must be a text"),
        ({"question": None}, 'question: must be a text, or {"en", "zh"}, that is not empty'),
        ({"question": "  "}, 'question: must be a text, or {"en", "zh"}, that is not empty'),
        ({"question": {"fr": "Quoi ?"}}, 'question: must be a text, or {"en", "zh"}, that is not empty'),
        ({"question": {"en": 3}}, 'question: must be a text, or {"en", "zh"}, that is not empty'),
        ({"points": None}, "points: there are none, and no references either"),
        ({"points": []}, "points: there are none, and no references either"),
        ({"points": "It grows."}, "points: must be a list"),
        ({"points": [3]}, "points[1]: must be a text or an object"),
        ({"points": ["a", {"say": "b"}]}, "points[2].id: must be a text that is not empty"),
        ({"points": [{"id": 3, "say": "b"}]}, "points[1].id: must be a text that is not empty"),
        ({"points": [{"id": "a"}]}, 'points[1].say: must be a text, or {"en", "zh"}, that is not empty'),
        ({"points": [""]}, 'points[1].say: must be a text, or {"en", "zh"}, that is not empty'),
        ({"points": [POINT, POINT]}, "points: the id 'formula' is there twice"),
        ({"points": ["a", {"id": "1", "say": "b"}]}, "points: the id '1' is there twice"),
        ({"points": [{**POINT, "must": 1}]}, "points[1].must: must be true or false"),
        *(
            (
                {"points": [{**POINT, "weight": weight}]},
                "points[1].weight: must be a number above 0, at most 1,000",
            )
            for weight in (0, -1, "2", True, None, 10**400, 1e300, HEAVIEST + 1)
        ),
        (
            {"points": [{**POINT, "accept": "a"}]},
            'points[1].accept: must be a list of texts, or {"en": [...], "zh": [...]}',
        ),
        ({"points": [{**POINT, "accept": [3]}]}, "points[1].accept: must hold texts that are not empty"),
        (
            {"points": [{**POINT, "accept": {"en": [""]}}]},
            "points[1].accept: must hold texts that are not empty",
        ),
        ({"references": "a"}, "references: must be a list of texts that are not empty"),
        ({"references": ["a", ""]}, "references: must be a list of texts that are not empty"),
        ({"misconceptions": {}}, "misconceptions: must be a list"),
        ({"misconceptions": ["a", {"id": "1", "says": "b"}]}, "misconceptions: the id '1' is there twice"),
        (
            {"misconceptions": [{"id": "m", "says": "a", "fix": 3}]},
            'misconceptions[1].fix: must be a text, or {"en", "zh"}, that is not empty',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_field_is_named_with_the_rows_id(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadRow) as refused:
        row(**changes)
    assert (refused.value.message, refused.value.row_id) == (wrong, "r")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("", "is not JSON: Expecting value at character 1"),
        ('{"id": "r"', "is not JSON: Expecting ',' delimiter at character 11"),
        ("[]", "is not a JSON object"),
        ("3", "is not a JSON object"),
        ('{"id": NaN}', "is not JSON: NaN is no value"),
        ('{"id": "r", "weight": -Infinity}', "is not JSON: -Infinity is no value"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"id": ' + "9" * 5000 + "}", "holds a number that is too long"),
        ("{}", "id: must be a text or a whole number"),
        ('{"id": null}', "id: must be a text or a whole number"),
        ('{"id": true}', "id: must be a text or a whole number"),
        ('{"id": 1.5}', "id: must be a text or a whole number"),
    ],
    ids=lambda value: value[:20],
)
def test_a_line_without_a_row_has_no_id(line: str, wrong: str) -> None:
    with pytest.raises(BadRow) as refused:
        read_row(line, "en")
    assert (refused.value.message, refused.value.row_id) == (wrong, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "say", "says", "fix", "accept", "must", "weight", "en", "zh", "other"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
ROWS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", "question", "answer", "points", "references", "misconceptions"), JSON),
)
NEARLY = st.fixed_dictionaries(
    {"id": st.integers(), "question": st.text(min_size=1), "answer": st.text()},
    optional={
        "points": st.lists(JSON, max_size=3),
        "references": st.lists(JSON, max_size=3),
        "misconceptions": JSON,
    },
)


@given(ROWS | NEARLY)
def test_whatever_a_row_holds_it_is_read_or_refused(fields: dict[str, Any]) -> None:
    try:
        found = read_row(json.dumps(fields), "zh")
    except BadRow:
        return
    names = [point.id for point in found.rubric.points]
    assert found.id == fields["id"]
    assert found.answer == fields["answer"]
    assert len(set(names)) == len(names) >= 1
    for point in found.rubric.points:
        assert point.wordings
        assert all(isinstance(wording, str) and wording.strip() for wording in point.wordings)
        assert 0 < point.weight <= HEAVIEST


@given(st.text())
def test_whatever_stands_on_a_line_it_is_read_or_refused(line: str) -> None:
    with pytest.raises(BadRow):
        read_row(line, "en")


TEXTS = st.text(min_size=1).filter(str.strip)
POINTS = st.lists(
    st.fixed_dictionaries(
        {"id": TEXTS, "say": TEXTS | st.fixed_dictionaries({"en": TEXTS, "zh": TEXTS})},
        optional={
            "accept": st.lists(TEXTS, max_size=3),
            "must": st.booleans(),
            "weight": st.integers(1, HEAVIEST) | st.floats(0.1, HEAVIEST),
        },
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda point: str(point["id"]),
)


@given(POINTS)
def test_every_sound_point_is_kept_with_all_its_wordings(points: list[dict[str, Any]]) -> None:
    found = row(points=points).rubric.points
    assert [point.id for point in found] == [point["id"] for point in points]
    for point, stated in zip(found, points, strict=True):
        says = (
            [stated["say"]] if isinstance(stated["say"], str) else [stated["say"]["en"], stated["say"]["zh"]]
        )
        assert set(point.wordings) == {*says, *stated.get("accept", [])}
        assert (point.say, point.must, point.weight) == (
            says[0],
            stated.get("must", False),
            stated.get("weight", 1),
        )
