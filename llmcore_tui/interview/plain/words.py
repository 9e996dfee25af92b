"""What an interview line by line says between the questions."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual

BEGUN = Bilingual(
    "Interview {session}, {mode}, questions: {questions}. It is saved after every answer.",
    "模拟面试 {session}，{mode}：共 {questions} 题。每答完一题都会保存。",
)
GOES_ON = Bilingual(
    "Interview {session} goes on, {mode}: {answered} of {questions} questions answered.",
    "继续模拟面试 {session}，{mode}：已答 {answered} / {questions} 题。",
)
HOW = Bilingual(
    "Type your answer in as many lines as you like; a line with only {end} ends it. h: hint. q: leave, saved. ?: help.",
    "可分多行作答，单独一行 {end} 结束。h：提示。q：离开（已保存）。?：帮助。",
)
QUESTION = Bilingual(
    "Question {position} of {total}: {module}, about {minutes}.",
    "第 {position} / {total} 题：{module}，建议用时约 {minutes}。",
)
FOLLOW_UP = Bilingual("Follow-up, about {minutes}.", "追问，建议用时约 {minutes}。")
FOLLOWED_UP = Bilingual("Follow-up:", "追问：")
KEPT_BEFORE = Bilingual(
    "Kept from before ({used} used); go on typing, or c starts over:",
    "上次保存的草稿（已用 {used}）；可以接着写，输入 c 重新开始：",
)
CLEARED = Bilingual("You start over; the clock goes on.", "重新开始作答；计时不变。")
HINT = Bilingual("Hint:", "提示：")
NO_HINT = Bilingual("There is no hint here.", "这里没有提示。")
OVER_TIME = Bilingual(
    "{suggested} are over. Come to an end when you can; nothing is cut off.",
    "{suggested} 已到。可以收尾了，不会强行截断。",
)
TIME = Bilingual("{used} of about {suggested}.", "用时 {used}，建议约 {suggested}。")
NOTHING_TYPED = Bilingual(
    "Nothing was typed. A second {end} says that you do not know.",
    "还没有输入内容。再输入一次 {end} 表示不知道。",
)
NOT_SAVED = Bilingual(
    "Your answer is still here: a line with only {end} tries again.",
    "你的回答还在：单独一行 {end} 再试一次。",
)
AGAIN = Bilingual("Enter tries again, q leaves > ", "回车再试，q 离开 > ")
NO_DRAFT = Bilingual(
    "What you are typing cannot be kept on the disk until you end it: {why}",
    "正在输入的内容暂时无法存盘，作答结束后才会保存：{why}",
)
READING = Bilingual("Your answer is saved; the model reads it.", "回答已保存，模型正在批改。")
LEFT = Bilingual(
    "Left, and saved. Go on with: llmcore interview resume {session}",
    "已离开并保存。继续：llmcore interview resume {session}",
)
SHOWN = Bilingual("Question {position} of {total}: {module}.", "第 {position} / {total} 题：{module}。")
YOURS = Bilingual("Your answer:", "你的回答：")
UNMARKED = Bilingual(
    "This answer is not marked; `llmcore interview regrade {session}` marks it.",
    "这个回答没有批改；`llmcore interview regrade {session}` 可以补上。",
)
AFTER = Bilingual(
    "Enter goes on, o N turns point N round, d runs the demo, q leaves > ",
    "回车继续，o N 改判要点 N，d 运行演示，q 离开 > ",
)
AFTER_WITHOUT_DEMO = Bilingual(
    "Enter goes on, o N turns point N round, q leaves > ", "回车继续，o N 改判要点 N，q 离开 > "
)
NOW_MET = Bilingual("Point {number}: met, by your word.", "要点 {number}：按你的判定，已说到。")
NOW_MISSED = Bilingual("Point {number}: missed, by your word.", "要点 {number}：按你的判定，没说到。")
WHICH = Bilingual("Type o and the number of a point.", "请输入 o 和要点的编号。")
NO_DEMO = Bilingual("This question has no demo.", "这道题没有演示。")
RUNNING = Bilingual("The demo is running.", "演示正在运行。")
FAILED = Bilingual("The demo did not run: {why}", "演示没有运行：{why}")
UNKNOWN = Bilingual("{key} is no command here; ? lists them.", "{key} 不是这里的命令；? 列出命令。")
HELP_ASKED = (
    Bilingual("A line with only . ends the answer.", "单独一行 . 结束作答。"),
    Bilingual(
        "h: hint. c: start over. q: leave; what is typed and the time are kept.",
        "h：提示。c：重新开始。q：离开，已输入的内容和用时都会保存。",
    ),
    Bilingual(
        "The time is a suggestion as if you spoke; nothing is cut off.",
        "建议用时按口头回答估计；不会强行截断。",
    ),
)
HELP_SHOWN = (
    Bilingual("Enter: go on.", "回车：继续。"),
    Bilingual(
        "o N: turn the verdict on point N round, met or missed; your word goes above the marker's.",
        "o N：改判要点 N（已说到或没说到）；以你的判定为准。",
    ),
    Bilingual("d: run the question's demo. q: leave.", "d：运行这道题的演示。q：离开。"),
)
WHOLE_REPORT = Bilingual(
    "The whole report: llmcore interview report {session}", "完整报告：llmcore interview report {session}"
)
WHICH_MODE = Bilingual(
    "study: the points after each question. real: all at the end, against the clock. [study/real] > ",
    "study：每题之后看要点。real：限时作答，最后一起看。[study/real] > ",
)
