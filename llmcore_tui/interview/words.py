"""What an interview's report is titled, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.interview.setup import Mode
from llmcore_tui.interview.speech import Habit

TITLE = Bilingual("Mock interview", "模拟面试")
MODES: Mapping[Mode, Bilingual] = {
    "study": Bilingual("study mode", "学习模式"),
    "real": Bilingual("real mode", "实战模式"),
}
STORIES = Bilingual("project stories", "项目经历")
HEAD = Bilingual(
    "{session} · {date} · {about} · {mode} · {answered} of {asked} questions answered",
    "{session} · {date} · {about} · {mode} · 答了 {answered} / {asked} 题",
)
NOT_ENDED = Bilingual(
    "It has not ended: `llmcore interview resume {session}` goes on.",
    "还没有结束：`llmcore interview resume {session}` 可以继续。",
)
COVERAGE = Bilingual("Coverage", "覆盖率")
OF_ALL = Bilingual("all answers", "全部回答")
NOTHING_MARKED = Bilingual(
    "No answer was marked, so there is no coverage.", "没有已批改的回答，因此没有覆盖率。"
)
UNMARKED = Bilingual("not marked", "未批改")
UNMARKED_LONG = Bilingual(
    "This answer is not marked: `llmcore interview regrade {session}` marks it.",
    "这个回答没有批改：`llmcore interview regrade {session}` 可以补上。",
)
STAR = Bilingual(
    "A story is not scored: its four parts are found or not found.",
    "项目经历不打分：四个部分只分找到与没找到。",
)
TREND = Bilingual("Trend on these modules", "这些模块的历次覆盖率")
SAY_INSTEAD = Bilingual("What to say", "应该说什么")
SAY_FIRST = Bilingual("What you must say next time comes first.", "下次必须讲到的排在最前。")
NOTHING_MISSED = Bilingual("Nothing was missed.", "没有漏掉的要点。")
QUESTION = Bilingual("Question {position}: {module}", "第 {position} 题：{module}")
FOLLOW_UP = Bilingual("Follow-up", "追问")
YOUR_ANSWER = Bilingual("Your answer", "你的回答")
YOUR_ANSWER_WAS = Bilingual("Your answer ({facts}):", "你的回答（{facts}）：")
MARKED = Bilingual("{counted}; {by}", "{counted}；{by}")
ENTRY = Bilingual("{title}: {text}", "{title}：{text}")
NO_ANSWER = Bilingual("(nothing)", "（空）")
TIME = Bilingual("{used} of about {suggested}", "用时 {used}，建议约 {suggested}")
TIMED = Bilingual("counts as a timed answer", "计为一次限时回答")
HINTED = Bilingual("with the hint", "看过提示")
MUST = Bilingual("must", "必说")
EVIDENCE = Bilingual("you said: “{evidence}”", "你说的是：“{evidence}”")
SAYS_WRONG = Bilingual("Often said, but wrong: ", "常见误区：")
INSTEAD = Bilingual("Instead: ", "应当说：")
HABITS = Bilingual("Fillers and hedges", "口头语与含糊词")
HABIT: Mapping[Habit, Bilingual] = {
    "filler": Bilingual("filler", "口头语"),
    "hedge": Bilingual("hedge", "含糊词"),
}
NO_HABITS = Bilingual("None was found.", "没有发现。")
TIMES = Bilingual("{said} ({habit}), {times} times: {around}", "{said}（{habit}），{times} 次：{around}")
ONCE = Bilingual("{said} ({habit}), once: {around}", "{said}（{habit}），1 次：{around}")
HABITS_HOW = Bilingual(
    "Found by patterns: some of them may be ordinary uses of the word.",
    "按模式查找：有些可能只是正常用法。",
)
PACE = Bilingual("Pace", "语速")
PACES = {
    "words": Bilingual(
        "question {position}: {number} words a minute", "第 {position} 题：每分钟 {number} 个词"
    ),
    "characters": Bilingual(
        "question {position}: {number} characters a minute", "第 {position} 题：每分钟 {number} 字"
    ),
}
CARDS = Bilingual("Cards queued", "已排入学习的卡片")
CARDS_WHEN = Bilingual("`llmcore study` shows them before new ones.", "`llmcore study` 会先于新卡显示它们。")
CARD_FOR = Bilingual("for: {say}", "针对：{say}")
NO_CARDS = Bilingual("None.", "没有。")
NOT_ASKED = Bilingual("Not answered", "没有回答的题")
