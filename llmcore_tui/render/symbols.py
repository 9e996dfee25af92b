"""The mathematical symbols that practitioners write in LaTeX: the character of each, and how it sits among others."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """TeX's classes of atoms, which decide the spaces between them."""

    ORDINARY = "ordinary"
    WORD = "word"
    """A name of several letters, such as log or KL."""
    BIG = "big"
    """A sum, a product, an integral."""
    BINARY = "binary"
    SIGN = "sign"
    """A plus or minus before something, which is no operator there."""
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    PUNCTUATION = "punctuation"
    SPACE = "space"
    INNER = "inner"
    """A fraction and what else is a unit of its own."""


_BY_KIND: dict[Kind, str] = {
    Kind.ORDINARY: r"""
        \alpha α \beta β \gamma γ \delta δ \epsilon ϵ \varepsilon ε \zeta ζ \eta η \theta θ \vartheta ϑ \iota ι
        \kappa κ \lambda λ \mu μ \nu ν \xi ξ \omicron ο \pi π \varpi ϖ \rho ρ \varrho ϱ \sigma σ \varsigma ς \tau τ
        \upsilon υ \phi ϕ \varphi φ \chi χ \psi ψ \omega ω \Gamma Γ \Delta Δ \Theta Θ \Lambda Λ \Xi Ξ \Pi Π \Sigma Σ
        \Upsilon Υ \Phi Φ \Psi Ψ \Omega Ω \infty ∞ \partial ∂ \nabla ∇ \ell ℓ \hbar ℏ \emptyset ∅ \varnothing ∅
        \forall ∀ \exists ∃ \nexists ∄ \neg ¬ \lnot ¬ \top ⊤ \bot ⊥ \prime ′ \Re ℜ \Im ℑ \aleph ℵ \imath ı \jmath ȷ
        \dots … \ldots … \cdots ⋯ \vdots ⋮ \ddots ⋱ \dotsc … \dotsb ⋯ \star ⋆ \dagger † \ddagger ‡ \degree °
        \checkmark ✓ \square □ \blacksquare ■ \triangle △ \bigstar ★ \vert | \Vert ‖ \| ‖ \backslash ∖ \S § \% % \# #
        \_ _ \& & \$ $ \angle ∠ \lbrack [ \rbrack ]
    """,
    Kind.BIG: r"""
        \sum ∑ \prod ∏ \coprod ∐ \int ∫ \iint ∬ \iiint ∭ \oint ∮ \bigcup ⋃ \bigcap ⋂ \bigoplus ⨁ \bigotimes ⨂
        \bigvee ⋁ \bigwedge ⋀ \bigodot ⨀
    """,
    Kind.BINARY: r"""
        \times × \cdot · \div ÷ \pm ± \mp ∓ \ast ∗ \circ ∘ \bullet • \oplus ⊕ \ominus ⊖ \otimes ⊗ \odot ⊙ \oslash ⊘
        \cup ∪ \cap ∩ \setminus ∖ \wedge ∧ \land ∧ \vee ∨ \lor ∨ \uplus ⊎ \sqcup ⊔ \sqcap ⊓ \diamond ⋄
    """,
    Kind.RELATION: r"""
        \le ≤ \leq ≤ \leqslant ≤ \ge ≥ \geq ≥ \geqslant ≥ \ne ≠ \neq ≠ \approx ≈ \sim ∼ \simeq ≃ \cong ≅ \equiv ≡
        \propto ∝ \ll ≪ \gg ≫ \in ∈ \notin ∉ \ni ∋ \subset ⊂ \subseteq ⊆ \supset ⊃ \supseteq ⊇ \to → \rightarrow →
        \gets ← \leftarrow ← \leftrightarrow ↔ \Rightarrow ⇒ \Leftarrow ⇐ \Leftrightarrow ⇔ \implies ⟹ \impliedby ⟸
        \iff ⟺ \mapsto ↦ \longrightarrow ⟶ \longleftarrow ⟵ \longmapsto ⟼ \hookrightarrow ↪ \uparrow ↑ \downarrow ↓
        \nearrow ↗ \searrow ↘ \mid | \nmid ∤ \parallel ∥ \perp ⟂ \triangleq ≜ \coloneqq ≔ \doteq ≐ \asymp ≍
        \prec ≺ \succ ≻ \preceq ⪯ \succeq ⪰ \lesssim ≲ \gtrsim ≳ \models ⊨ \vdash ⊢ \therefore ∴ \because ∵
        \rightleftharpoons ⇌ \leadsto ⇝ \lt < \gt > \colon :
    """,
    Kind.OPEN: r"""
        \{ { \lbrace { \langle ⟨ \lfloor ⌊ \lceil ⌈ \lvert | \lVert ‖
    """,
    Kind.CLOSE: r"""
        \} } \rbrace } \rangle ⟩ \rfloor ⌋ \rceil ⌉ \rvert | \rVert ‖
    """,
}

SYMBOLS: dict[str, tuple[str, Kind]] = {
    command: (character, kind)
    for kind, table in _BY_KIND.items()
    for command, character in zip(table.split()[::2], table.split()[1::2], strict=True)
}
"""A command without arguments, and its character and class."""

CHARACTERS: dict[str, tuple[str, Kind]] = {
    "+": ("+", Kind.BINARY),
    "-": ("−", Kind.BINARY),
    "*": ("∗", Kind.BINARY),
    "=": ("=", Kind.RELATION),
    "<": ("<", Kind.RELATION),
    ">": (">", Kind.RELATION),
    ":": (":", Kind.RELATION),
    ",": (",", Kind.PUNCTUATION),
    ";": (";", Kind.PUNCTUATION),
    "(": ("(", Kind.OPEN),
    "[": ("[", Kind.OPEN),
    ")": (")", Kind.CLOSE),
    "]": ("]", Kind.CLOSE),
    "!": ("!", Kind.CLOSE),
    "?": ("?", Kind.CLOSE),
    "~": (" ", Kind.SPACE),
} | {character: (character, kind) for character, kind in SYMBOLS.values() if not character.isascii()}
"""A character typed as it is, and its class; any other printable one is ordinary."""

_NAMES = """
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log max min Pr sec sin sinh
    sup tan tanh
"""
WORDS = {f"\\{name}": name for name in _NAMES.split()} | {
    r"\liminf": "lim inf",
    r"\limsup": "lim sup",
    r"\argmax": "argmax",
    r"\argmin": "argmin",
    r"\bmod": "mod",
}
"""Named functions, written upright."""

SPACES = {r"\,": " ", r"\:": " ", r"\>": " ", r"\;": " ", r"\ ": " ", r"\quad": "  ", r"\qquad": "    "}
_LOOKS = (
    r"\! \displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \relax"
)
IGNORED = frozenset(_LOOKS.split())
"""Commands that change how a formula looks in print and nothing of what it says."""

ACCENTS = {
    r"\hat": "\u0302",
    r"\widehat": "\u0302",
    r"\tilde": "\u0303",
    r"\widetilde": "\u0303",
    r"\bar": "\u0304",
    r"\vec": "\u20d7",
    r"\dot": "\u0307",
    r"\ddot": "\u0308",
    r"\check": "\u030c",
    r"\breve": "\u0306",
    r"\acute": "\u0301",
    r"\grave": "\u0300",
    r"\mathring": "\u030a",
}
OVERLINE = "\u0305"
STRUCK = "\u0338"

DELIMITERS = {
    "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "", "<": "⟨", ">": "⟩",
    r"\{": "{", r"\}": "}", r"\lbrace": "{", r"\rbrace": "}", r"\|": "‖", r"\vert": "|", r"\Vert": "‖",
    r"\lvert": "|", r"\rvert": "|", r"\lVert": "‖", r"\rVert": "‖", r"\langle": "⟨", r"\rangle": "⟩",
    r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\lbrack": "[", r"\rbrack": "]",
}  # fmt: skip

_SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
SUPERSCRIPT_MARKS = {"∗": "*", "⋆": "⋆", "†": "†", "⊤": "⊤", "′": "′", "″": "″", "‴": "‴", "∘": "°"}
"""What stands as a superscript by itself: π*, A⊤, s′."""


def subscript(text: str) -> str | None:
    """The text in subscript characters, or nothing where one is missing (Greek ones exist, but cannot be told apart)."""
    return _in(_SUBSCRIPTS, text)


def superscript(text: str) -> str | None:
    """The text in superscript characters, or nothing where one is missing."""
    return SUPERSCRIPT_MARKS.get(text) or _in(_SUPERSCRIPTS, text)


def _in(alphabet: dict[str, str], text: str) -> str | None:
    found = [alphabet.get(character) for character in text]
    return "".join(character for character in found if character) if text and all(found) else None


_EXCEPTIONS = {
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "bold": {"∇": "𝛁", "∂": "𝛛", "ϵ": "𝛜", "ϑ": "𝛝", "ϕ": "𝛟", "ϱ": "𝛠", "ϖ": "𝛡"},
}
_FIRST_LETTER = {"script": 0x1D49C, "fraktur": 0x1D504, "double": 0x1D538, "bold": 0x1D400}
_FIRST_DIGIT = {"double": 0x1D7D8, "bold": 0x1D7CE}
_BOLD_GREEK_CAPITAL, _BOLD_GREEK_SMALL = 0x1D6A8, 0x1D6C2

FONTS = {
    r"\mathbf": "bold", r"\boldsymbol": "bold", r"\bm": "bold", r"\mathbb": "double", r"\mathcal": "script",
    r"\mathscr": "script", r"\mathfrak": "fraktur", r"\mathrm": "", r"\mathsf": "", r"\mathtt": "", r"\mathit": "",
    r"\mathnormal": "", r"\rm": "",
}  # fmt: skip
"""Commands that change the alphabet; an empty one writes letters as they are."""


def in_alphabet(character: str, alphabet: str) -> str:
    """A letter or digit in a mathematical alphabet (`double` E is 𝔼); what has no such form stays as it is."""
    if known := _EXCEPTIONS.get(alphabet, {}).get(character):
        return known
    if alphabet and "A" <= character <= "Z":
        return chr(_FIRST_LETTER[alphabet] + ord(character) - ord("A"))
    if alphabet and "a" <= character <= "z":
        return chr(_FIRST_LETTER[alphabet] + 26 + ord(character) - ord("a"))
    if character.isdecimal() and character.isascii() and alphabet in _FIRST_DIGIT:
        return chr(_FIRST_DIGIT[alphabet] + int(character))
    if alphabet == "bold" and "Α" <= character <= "Ω":
        return chr(_BOLD_GREEK_CAPITAL + ord(character) - ord("Α"))
    if alphabet == "bold" and "α" <= character <= "ω":
        return chr(_BOLD_GREEK_SMALL + ord(character) - ord("α"))
    return character
