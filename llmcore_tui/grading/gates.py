"""What is looked at before any point: answers that say nothing, copy, list words, give orders, or are in a language not known here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from llmcore_tui.grading.clauses import clauses
from llmcore_tui.grading.mark import Flag
from llmcore_tui.grading.pieces import Entry, Term, entries, is_han
from llmcore_tui.grading.rubric import Rubric
from llmcore_tui.grading.spelling import normal
from llmcore_tui.grading.terms import all_terms, terms

_DOES_NOT_KNOW = re.compile(
    r"\bi (?:really |honestly |just )?(?:do not|don't|dont|do n't) (?:know|remember|recall)\b|\bno idea\b|\bnot sure\b|\bi forgot\b|\bcan(?:no|')t remember\b"
    r"|\bidk\b|\bpass\b|不知道|不清楚|不会|不记得|忘了|记不(?:得|清)|没学过|不懂|没印象"
)
_ORDERS = re.compile(
    r"(?:ignore|disregard|forget) (?:all |any |the |your |everything |previous |prior |above )*(?:instruction|rule|rubric|prompt|above|text)"
    r"|(?:give|award|grant|assign|mark)\b.{0,40}\b(?:full|maximum|perfect|all|100)\b.{0,20}\b(?:mark|point|score|credit|met)"
    r"|mark (?:all|every|each)\b.{0,30}\bmet\b|you are (?:now )?(?:a|an|the) (?:grader|marker|examiner|assistant|system)"
    r"|(?:system|assistant|developer) ?(?:prompt|message)? ?:|\[/?(?:inst|end data|data|system)\]|<\|.{0,20}\|>|begin_?answer|end_?answer"
    r"|new (?:rubric|instructions?) ?:|\"verdict\" ?:|\"score\" ?:|\"points\" ?:|\"coverage\" ?:"
    r"|(?:忽略|无视|忘掉|不要理会).{0,12}(?:指令|指示|要求|提示|规则|说明|内容)|(?:给|打).{0,8}(?:满分|100 ?分|最高分)|所有要点.{0,6}(?:都|均|全).{0,4}(?:met|满足|说到|算)|(?:系统|助手)(?:提示|消息)?:"
)
_FEWEST = 2
"""Terms of an answer that can say something."""
_FEWEST_LISTED = 8
_TELLING = 0.2
"""Share of words that connect, compare or compute, below which a text is a list; terse notes have .26 and more, lists .15 and less."""
_COPIED_QUESTION = 0.8
_COPIED_WORDS, _COPIED_CHARS = 24, 40
"""Words, or Chinese characters, in one run that nobody says alike by chance."""
_KNOWN_LETTERS = 0.5
_BORROWED = ((0.95, 0.3), (0.7, 0.08))
"""Share of pieces that stand in the references, and share of neighbours that are neighbours there, that tell of shuffled words:
all of them borrowed and few in order, or many borrowed and hardly any in order (measured on answers, and on shuffled references)."""
_STEPS = 12
_BETWEEN = re.compile(r"[\s,，、;；。.:：/|]+")
_SHORT_BIT = 4.6
"""Chinese characters that a key word has at most, on average."""
_MANY_BITS = 10
"""So many short bits of Chinese with nothing but spaces between them are a list, whatever words they hold."""
_SENTENCE = re.compile(r"\.(?!\d)|[,，、;；。!?！？:：=<>+*/()（）→-]|\n")
_COPIED_LENGTH = 0.6
_ARTICLES = frozenset(["the", "its", "their", "this", "my", "your", "our"])
_NEVER_AFTER_ARTICLE = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "of",
        "and",
        "or",
        "but",
        "to",
        "in",
        "on",
        "at",
        "for",
        "from",
        "by",
        "with",
        "it",
        "be",
        "that",
        "if",
        "then",
        "not",
        "so",
        "because",
        "we",
        "i",
        "you",
    ]
)
_ENGLISH = 0.15


def without_orders(answer: str) -> tuple[str, bool]:
    """The answer with the sentences blanked that talk to the marker rather than to the interviewer; whether there were any.

    Places stay what they are, so that evidence can be quoted from the answer itself.
    """
    kept = list(answer)
    found = False
    for start, end in _sentences(answer):
        if _ORDERS.search(normal(answer[start:end])):
            found = True
            kept[start:end] = " " * (end - start)
    return "".join(kept), found


def stopped(answer: str, rubric: Rubric, *, ordered: bool) -> tuple[Flag, ...]:
    """Why an answer says nothing that could be marked; nothing for one that can. `answer` is without orders."""
    text = normal(answer)
    said = all_terms(answer)
    telling = [term for term in said if term.kind != "operator"]
    if not any(char.isalnum() for char in text):
        return (Flag.INSTRUCTIONS,) if ordered else (Flag.EMPTY,)
    if _is_other_language(text):
        return (Flag.OTHER_LANGUAGE,)
    if _does_not_know(text, telling):
        return (Flag.DOES_NOT_KNOW,)
    if _copies_question(text, rubric):
        return (Flag.COPIES_QUESTION,)
    if len(telling) < _FEWEST and not _is_wording(telling, rubric):
        return (Flag.INSTRUCTIONS,) if ordered else (Flag.TOO_SHORT,)
    if _is_list(answer) or _is_shuffled(text, rubric):
        return (Flag.KEY_WORDS,)
    return ()


def copies_reference(answer: str, rubric: Rubric) -> bool:
    """Whether a long run of the answer stands word by word in a model answer."""
    pieces = _pieces(normal(answer))
    length = _COPIED_CHARS if sum(map(is_han, "".join(pieces))) > len(pieces) / 2 else _COPIED_WORDS
    runs = {tuple(pieces[at : at + length]) for at in range(len(pieces) - length + 1)}
    if not runs:
        return False
    for reference in rubric.references:
        own = _pieces(normal(reference))
        if any(tuple(own[at : at + length]) in runs for at in range(len(own) - length + 1)):
            return True
    return False


def _sentences(answer: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends."""
    found: dict[int, tuple[int, int]] = {}
    for clause in clauses(answer):
        start, _ = found.get(clause.sentence, (clause.start, 0))
        found[clause.sentence] = (start, clause.end)
    return list(found.values())


def _pieces(text: str) -> list[str]:
    """Words and single Chinese characters, empty ones too."""
    return re.findall(r"[a-z0-9']+|[\u3400-\u9fff]", text)


def _is_other_language(text: str) -> bool:
    """Mostly letters of another script, or long Latin text without the small words of English."""
    letters = [char for char in text if char.isalpha()]
    known = sum(char.isascii() or is_han(char) for char in letters)
    if letters and known < _KNOWN_LETTERS * len(letters):
        return True
    if any(unicodedata.name(char, "").startswith(("HIRAGANA", "KATAKANA")) for char in letters[:400]):
        return True
    words = re.findall(r"[a-z']+", text)
    chinese = sum(map(is_han, letters))
    if chinese or len(words) < _STEPS:
        return False
    found = [piece for piece in entries(text) if not (isinstance(piece, Term) and piece.kind == "operator")]
    return sum(isinstance(piece, Entry) for piece in found) < _ENGLISH * len(found)


def _does_not_know(text: str, telling: Sequence[Term]) -> bool:
    """Says that it does not know, and hardly anything else."""
    found = _DOES_NOT_KNOW.search(text)
    return found is not None and len(telling) <= 6


def _copies_question(text: str, rubric: Rubric) -> bool:
    """Whether it repeats the question: nearly all neighbours in it are neighbours there, and it is about as long."""
    pieces = _pieces(text)
    pairs = set(pairwise(pieces))
    for question in rubric.question:
        asked = _pieces(normal(question))
        if len(pieces) >= _COPIED_LENGTH * len(asked) and len(pieces) > _FEWEST:
            same = pairs & set(pairwise(asked))
            if len(same) >= _COPIED_QUESTION * len(pairs):
                return True
    return False


def _is_wording(telling: Sequence[Term], rubric: Rubric) -> bool:
    """A very short answer counts where it is all of an accepted wording."""
    said = {term.text for term in telling}
    return bool(said) and any(
        said == {term.text for term in terms(wording) if term.kind != "operator"}
        for point in rubric.points
        for wording in point.wordings
    )


def _is_list(answer: str) -> bool:
    """Names of things without a word that connects them; in Chinese, where verbs are not told apart, short bits of them."""
    telling = naming = 0
    for clause in clauses(answer):
        for piece in entries(clause.text):
            names = piece.kind != "operator" if isinstance(piece, Term) else piece.role in ("concept", "pole")
            naming += names
            telling += not names
    bits = [bit for bit in _BETWEEN.split(answer) if any(map(is_han, bit))]
    is_short = bool(bits) and sum(map(len, bits)) <= _SHORT_BIT * len(bits)
    if is_short and len(bits) >= _MANY_BITS and not _SENTENCE.search(answer):
        return True
    if naming < _FEWEST_LISTED or telling >= _TELLING * (telling + naming):
        return False
    return is_short or not bits


def _is_shuffled(text: str, rubric: Rubric) -> bool:
    """The words of a reference out of their order; or English in which articles stand before what never follows one."""
    pieces = _pieces(text)
    if len(pieces) < _STEPS:
        return False
    after = [second for first, second in pairwise(pieces) if first in _ARTICLES]
    if len(after) >= 4 and sum(word in _NEVER_AFTER_ARTICLE for word in after) > 0.25 * len(after):
        return True
    texts = [*rubric.references, *(w for point in rubric.points for w in point.wordings)]
    own = [_pieces(normal(each)) for each in texts]
    words, pairs = {word for each in own for word in each}, {pair for each in own for pair in pairwise(each)}
    borrowed = sum(piece in words for piece in pieces)
    orderly = sum(pair in pairs for pair in pairwise(pieces))
    chinese = any(map(is_han, text))
    return any(
        borrowed > share * len(pieces) and orderly < order * (len(pieces) - 1)
        for share, order in (_BORROWED if chinese else _BORROWED[:1])
    )
