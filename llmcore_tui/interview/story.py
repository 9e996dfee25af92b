"""What an interviewer asks about the learner's own work, and the four parts that an answer should have (STAR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmcore_tui.content.bilingual import Bilingual

StarPart = Literal["situation", "task", "action", "result"]
STAR: tuple[StarPart, ...] = ("situation", "task", "action", "result")
MODULE = "story"
"""Stands where a question names its module."""
MODULE_TITLE = Bilingual("your own work", "你自己的经历")
MINUTES = 3.0
HINT = Bilingual(
    "Say where you were, what had to be done, what you yourself did, and what came out, in numbers.",
    "讲清当时的情况、要完成什么、你自己做了什么，以及用数字说明结果。",
)


@dataclass(frozen=True, slots=True)
class Story:
    """One question about a project."""

    id: str
    ask: Bilingual


STORIES: tuple[Story, ...] = (
    Story(
        "story.i.proud",
        Bilingual(
            "Tell me about a project of yours that you are proud of. What was hard about it, and what was your part?",
            "讲一个你引以为豪的项目：难点在哪里，你具体负责什么？",
        ),
    ),
    Story(
        "story.i.failed-run",
        Bilingual(
            "Tell me about a training run that failed. How did you find out why, and what did you change?",
            "讲一次失败的训练：你是怎么定位原因的，又改了什么？",
        ),
    ),
    Story(
        "story.i.irreproducible",
        Bilingual(
            "Tell me about a result that you could not reproduce, a paper's or your own. What did you do?",
            "讲一个你没能复现的结果，可以是论文的，也可以是自己的：你是怎么处理的？",
        ),
    ),
    Story(
        "story.i.disagreement",
        Bilingual(
            "Tell me about a disagreement over a design. What did the others want, and how was it settled?",
            "讲一次关于方案设计的分歧：对方怎么想，最后是怎么定下来的？",
        ),
    ),
    Story(
        "story.i.deadline",
        Bilingual(
            "Tell me about a trade-off that you made under a deadline. What did you give up, and was it right?",
            "讲一次赶进度时的取舍：你放弃了什么，事后看对不对？",
        ),
    ),
)
FOLLOW_UPS: dict[StarPart, Bilingual] = {
    "situation": Bilingual(
        "Where was that, and when? What should I know of the surroundings?",
        "这是什么时候、在什么项目里的事？背景是怎样的？",
    ),
    "task": Bilingual("What exactly had to be achieved?", "具体要达到什么目标？"),
    "action": Bilingual("What did *you* do, you yourself?", "*你*自己具体做了什么？"),
    "result": Bilingual("What came out, in numbers?", "结果如何？请用数字说。"),
}
"""What is asked when a part is missing."""
ASK_FIRST: tuple[StarPart, ...] = ("action", "result", "task", "situation")
"""Of several missing parts those that interviewers insist on come first."""
SAYS: dict[StarPart, Bilingual] = {
    "situation": Bilingual("Situation: where and when it was.", "情境：何时何地、什么项目。"),
    "task": Bilingual("Task: what had to be achieved.", "任务：要达到什么目标。"),
    "action": Bilingual("Action: what you yourself did.", "行动：你自己做了什么。"),
    "result": Bilingual("Result: what came out, with a number.", "结果：带数字的产出。"),
}


def find(question: str) -> Story | None:
    """The story question with an id."""
    return next((story for story in STORIES if story.id == question), None)
