"""Whether a stretch of an answer says the opposite of a point, or the point of another case: signs, sizes and numbers.

Words tell what is talked about; whether it is so, these tell. Near a wording of the point every sign and number is
compared; in free words only what is plain: a bias or variance that goes the other way, a λ that is another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import fsum

from llmcore_tui.grading.pieces import Term, is_han
from llmcore_tui.grading.profile import Profile, Sense, bindings, bound_numbers, names, senses
from llmcore_tui.grading.windows import Window

_Senses = Mapping[str, Collection[Sense]]

_CLOSE = 0.75
"""A window with this share of a wording's weight says that wording, or its opposite."""
_FEWEST = 3
"""Terms of a wording that can be near at all: two words are in many sentences."""
_LONG = 8
"""Terms of a wording that is said in all its parts: one of them turned round is enough."""
_CONDITION = "exact"
_FREE = frozenset({"variance", "bias", "onpolicy", "random", "always"})
"""What is compared in free words too."""


def is_other_case(window: Window, profile: Profile) -> bool:
    """Whether the window speaks of another value of the symbol that the point is about: λ = 1 in place of λ = 0."""
    return any(
        symbol in window.values and window.values[symbol] != value for symbol, value in profile.values.items()
    )


def is_opposed(window: Window, profile: Profile) -> bool:
    """Whether the window denies the point."""
    if _other_sums(window, profile):
        return True
    close = [wording for wording in profile.wordings if _share(wording, window, profile) >= _CLOSE]
    if close:
        whole = max(close, key=lambda wording: _weight(names(wording) & window.texts, profile))
        denied = [w for w in close if _denied(w, window) or _other_numbers(w, window)]
        return whole in denied and (len(denied) > len(close) / 2 or len(whole) >= _LONG)
    agreed, opposed = _compared(profile.signs, senses(window.terms), _FREE)
    return opposed > agreed


def is_stated(window: Window, profile: Profile) -> bool:
    """Whether the window has nearly all words of one of the wordings, every sign as it stands there, and denies as much."""
    said = {(term.text, term.sign) for term in window.terms}
    return any(
        len({term.text for term in wording if term.kind != "han"}) > _FEWEST
        and _share(wording, window, profile) >= _CLOSE
        and all((term.text, term.sign) in said for term in wording if term.sign)
        and _denials(window.terms) == _denials(wording)
        for wording in profile.wordings
    )


def _denials(said: Iterable[Term]) -> int:
    return sum(term.how == "denied" for term in said)


def _share(wording: tuple[Term, ...], window: Window, profile: Profile) -> float:
    """How much of a wording's weight a window says; nothing of one that is too short to be near."""
    texts = names(wording)
    whole = _weight(texts, profile)
    return _weight(texts & window.texts, profile) / whole if whole and len(texts) >= _FEWEST else 0.0


def _weight(texts: Collection[str], profile: Profile) -> float:
    return fsum(profile.weights.get(text, 0.0) for text in texts)


def _denied(wording: tuple[Term, ...], window: Window) -> bool:
    """Whether a quality goes the other way than in the wording, or what it says is denied, or what it denies is said.

    A rule whose condition and conclusion are both turned round is the same rule (exact and unbiased, wrong and biased); with the
    condition alone turned round it is denied.
    """
    own, said = senses(wording), senses(window.terms)
    agreed, opposed = _compared(own, said, own.keys() - {"size"})
    if _compared(own, said, (_CONDITION,)) == (0, 1) and (agreed or opposed > 1):
        return bool(agreed)
    if opposed > agreed or (opposed and len(wording) >= _LONG):
        return True
    for text in own.keys() & said.keys() - {"size"}:
        if is_han(text[0]):
            continue  # a single character: what is denied of it says little
        here, there = ({how == "denied" for _, how in each[text]} for each in (own, said))
        if len(here) == len(there) == 1 and here != there and not _same_way(own[text], said[text]):
            return True
    return False


def _same_way(own: Iterable[Sense], said: Iterable[Sense]) -> bool:
    """Whether both come to the same sign, one by a denial and one without: not biased, unbiased."""
    return bool({sign for sign, _ in own} & {sign for sign, _ in said})


def _other_numbers(wording: tuple[Term, ...], window: Window) -> bool:
    """Whether what the wording sets to a number is set to another one."""
    numbers, said = dict(bindings(wording)), bound_numbers(window.terms)
    return any(symbol in said and number not in said[symbol] for symbol, number in numbers.items())


def _compared(own: _Senses, said: _Senses, of: Iterable[str]) -> tuple[int, int]:
    """How many qualities go the same way, and how many the other; a state says nothing of a change."""
    agreed = opposed = 0
    for text in set(of) & own.keys() & said.keys():
        signs = {sign for sign, _ in own[text] if sign}
        only_changes = all(how == "changes" for sign, how in own[text] if sign)
        there = {sign for sign, how in said[text] if sign and (how == "changes" or not only_changes)}
        if signs & there:
            agreed += 1
        elif signs and there:
            opposed += 1
    return agreed, opposed


def _other_sums(window: Window, profile: Profile) -> bool:
    """Whether a sum or difference of two things that a wording names is another one: V - Q for Q - V, A - V for A + V."""
    own = {sum_ for wording in profile.wordings for sum_ in sums(wording)}
    said = sums(window.terms)
    if not own or own & said:
        return False
    pairs = {frozenset((left, right)) for left, _, right in own}
    return any(frozenset((left, right)) in pairs for left, _, right in said)


def sums(said: Sequence[Term]) -> set[tuple[str, str, str]]:
    """Neighbouring things that are added or subtracted, as (left, sign, right); a sum in alphabetical order."""
    found: set[tuple[str, str, str]] = set()
    signs = {"+": "+", "add": "+", "-": "-", "subtract": "-"}
    for left, middle, right in zip(said, said[1:], said[2:], strict=False):
        sign = signs.get(middle.text)
        if sign is None or left.kind != "concept" or right.kind != "concept" or left.text == right.text:
            continue
        first, second = (left.text, right.text) if sign == "-" else sorted((left.text, right.text))
        found.add((first, sign, second))
    return found
