"""Looks for the four parts of a project story by the words that usually carry them, in both languages.

It finds or does not find: there is no score, and what it does not find may still have been said in other words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from llmcore_tui.grading.mark import Flag, Mark, PointMark, Verdict
from llmcore_tui.interview.sentences import HAN, sentences
from llmcore_tui.interview.story import STAR, StarPart

BY = "cues"
"""Stands in a mark for who made it."""
FEWEST_WORDS = 3
"""A shorter sentence tells nothing."""

_SITUATION = re.compile(
    r"\b(?:at (?:my|our|the) (?:company|previous|last|old|lab|startup|university|school|internship|job)|back (?:then|in|at)"
    r"|last (?:year|summer|winter|spring|fall|autumn|month|quarter)|in (?:19|20)\d\d|during (?:my|our|the|an)|when (?:i|we) (?:was|were|joined|started|worked)"
    r"|(?:i|we) (?:was|were) (?:working|building|training|part|on a team|in a team|an? )|(?:my|our) (?:team|group|lab|company|project|product|startup) (?:was|were|had|ran|built|trained|owned)"
    r"|(?:the|this|our|my) (?:project|team|model|system|service|pipeline) (?:was|were|had|served|ran)|the (?:context|background|situation|setting))\b"
    rf"|当时|那时|背景|去年|前年|上个?(?:季度|学期|份工作|家公司)|(?:19|20)\d\d ?年|实习|在(?:{HAN}|\w){{0,12}}(?:公司|团队|实验室|组里|项目|期间)|我们(?:组|团队|公司|项目)|项目是|刚(?:入职|加入|毕业)",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"\b(?:(?:my|our|the) (?:task|goal|job|objective|aim|target|assignment|responsibility|mission|brief) (?:was|were|is)|(?:i|we) (?:had|needed|was asked|were asked|wanted|was supposed|were supposed|were meant|was meant|was told|were told) to"
    r"|(?:i|we) (?:was|were) (?:responsible|in charge|tasked|assigned)|(?:asked|told|required) (?:me|us) to|the (?:challenge|requirement|problem|deadline|question) (?:was|were)|we (?:had|were given) (?:only |just )?\w+ (?:days|weeks|months|hours))\b"
    r"|目标(?:是|定)|任务(?:是|就是)|(?:我|我们)(?:需要|要|得|必须|负责|被要求|想要|的职责)|要求(?:我们?|是|在|把)|为了(?:解决|降低|提高|提升|减少|达到|让)|希望(?:能|把|在)|难点(?:是|在)|问题(?:是|在于)|截止",
    re.IGNORECASE,
)
_NOT_DONE = (
    r"was|am|had|have|need|needed|want|wanted|think|thought|guess|believe|believed|feel|felt|know|knew|would|could|should|will|can|"
    r"joined|worked|mean|meant|hope|hoped|like|liked|love|loved|remember|did(?:n['’]t)|don['’]t|didn['’]t|can['’]t|couldn['’]t|wasn['’]t|'m|'d"
)
_ACTION = re.compile(
    r"\bi (?:(?:then|first|also|just|finally|personally|myself|quickly|carefully|started by|began by|decided to|went on to|ended up|tried to|managed to|proposed to|chose to|only|still|therefore|so|even) )*"
    rf"(?!(?:{_NOT_DONE})\b)(?:\w+(?:ed|ought|ew|ang)|built|wrote|ran|made|took|found|set|put|cut|led|drew|went|kept|gave|split|read|did|got|left|sent|spent|fit|met|held|sped|swept|froze|began|chose|broke|brought|rebuilt|rewrote|reran|redid|bisect|profile|plotted|logged|trained|debugging|building|writing|running|adding|checking|plotting|logging|training|profiling|changing|comparing|replacing)\b"
    r"|我(?:自己|本人|就|先|又|还|于是|然后|后来|主动|亲自|独立|一个人|最后|首先|随后|也|再|才|只好|决定|开始|负责)*(?:写|做了|改|把|用|加|查|跑|设计|实现|搭|提出|分析|对比|检查|排查|定位|重(?:写|构|跑|做)|训练了?|调|换|拆|画|记录|测|推动|组织|复现|整理|清洗|优化|说服|找|去|打印|发现|固定|冻结|拿|尝试|试|列|建|删|补|修|量|标|统计|减|降|缩|砍|沟通|约)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:as a result|in the end|at the end|eventually|the (?:result|outcome|effect|upshot) (?:was|is)|result(?:ed|ing) in|ended (?:up )?(?:with|at|up)|(?:improv|increas|decreas|reduc|rais|lower|doubl|halv|tripl|sav|shipp|launch|deploy|drop|f[ae]ll|r[io]se|gain|climb|shr[aiu]nk|speed|sped|accelerat|grew|converg|recover|reach|achiev|beat|outperform|match|w(?:on|ent) (?:up|down|from|back|to))\w*|cut|finished|now (?:runs|takes|serves|trains)|from .{1,40} to|learned|learnt)\b"
    r"|结果|最终|最后|后来|提(?:升|高)|降(?:低|到|了)|减少|上线|节省|省(?:了|下)|缩短|收敛|达到|涨(?:了|到)|恢复|从.{1,30}(?:到|降|升|涨|提|减)|翻(?:了)?(?:一)?倍|学到|效果",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred|thousand|million|half|third|quarter|twice|double[ds]?|halv(?:ed|es)|tripled?|percent|a point|points)\b"
    r"|[零一二两三四五六七八九十百千万亿半]+(?:个?点|倍|成|天|周|个?月|小时|分钟|秒|张|台|万|亿|百|千|%|个百分点|次|条|步|轮|块)|百分之|翻(?:了)?(?:一)?倍|一半|减半",
    re.IGNORECASE,
)
_SEARCHED: tuple[StarPart, ...] = ("result", "action", "task", "situation")
"""What is hardest to take for another part is looked for first."""
_AT_LAST = re.compile(
    r"\b(?:as a result|in the end|at the end|eventually|ended up|the (?:result|outcome) was)\b|结果|最终|最后",
    re.IGNORECASE,
)
_CUES = {"situation": _SITUATION, "task": _TASK, "action": _ACTION, "result": _RESULT}


def mark(answer: str, parts: Collection[StarPart] = STAR) -> Mark:
    """Which of the parts are found, each with the sentence that shows it; a result counts with a number only.

    There is no coverage: a story is not marked by how much of it was found.
    """
    alone = len(parts) == 1
    said = [each for each in sentences(answer) if alone or _tells(each)]
    used: set[str] = set()
    points = {part: _point(part, said, used, alone=alone) for part in _SEARCHED if part in parts}
    flags = () if answer.strip() else (Flag.EMPTY,)
    return Mark(tuple(points[part] for part in STAR if part in points), None, flags=flags, by=BY)


def _point(part: StarPart, said: Iterable[str], used: set[str], *, alone: bool) -> PointMark:
    """The part's sentence; one that no other part has claimed goes first."""
    found = [each for each in said if _shows(part, each, alone=alone)]
    if not found:
        return PointMark(part, Verdict.MISSED)
    best = next((each for each in found if each not in used), found[0])
    used.add(best)
    return PointMark(part, Verdict.MET, best)


def _shows(part: StarPart, sentence: str, *, alone: bool) -> bool:
    """Whether a sentence carries the part. Asked for its result alone, a learner answers with the number itself."""
    if part == "result":
        is_aim = bool(_TASK.search(sentence)) and not _AT_LAST.search(sentence)
        is_result = alone or bool(_RESULT.search(sentence) and not is_aim)
        return is_result and bool(_NUMBER.search(sentence))
    return bool(_CUES[part].search(sentence))


def _tells(sentence: str) -> bool:
    words = len(re.findall(r"[^\W_]+", re.sub(HAN, " ", sentence))) + len(re.findall(HAN, sentence))
    return words >= FEWEST_WORDS
