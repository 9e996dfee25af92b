"""What studying line by line says between the cards."""

from __future__ import annotations

from llmcore_tui.content.bilingual import Bilingual

PROMPT = Bilingual(
    "Enter shows the answer, t answers{predict}, ? helps > ", "回车看答案，t 作答{predict}，? 帮助 > "
)
PREDICTS = Bilingual(", p predicts", "，p 预测")
CHOOSE = Bilingual(
    "Type a number to choose, Enter shows the answer, ? helps > ", "输入编号作答，回车看答案，? 帮助 > "
)
NUMBER = Bilingual(
    "Type the number, Enter shows the answer, ? helps > ", "输入数值作答，回车看答案，? 帮助 > "
)
RATE = Bilingual("1 to 4 > ", "1 到 4 > ")
RATE_MARKED = Bilingual("o and a point's number overrules, 1 to 4 > ", "o 加要点编号可改判，1 到 4 > ")
TYPE = Bilingual("Your answer > ", "你的回答 > ")
CODE = Bilingual("Your code, a line with only {end} ends it:", "输入代码，单独一行 {end} 结束：")
PREDICT = Bilingual("Your prediction > ", "你的预测 > ")
POINT = Bilingual("Which point? > ", "哪个要点？> ")
NO_POINT = Bilingual("Nothing is overruled.", "没有改判。")
FLAG = Bilingual(
    "What is wrong with this card? (empty: nothing, takes the flag off) > ",
    "这张卡哪里有错？（留空则取消报错）> ",
)
NOTE = Bilingual("Your private note (empty removes it) > ", "私人笔记（留空则删除）> ")
KEPT = Bilingual("Your answer is kept.", "回答已记下。")
PREDICTED = Bilingual("You predict {shown}.", "你的预测是 {shown}。")
NO_HINT = Bilingual("This card has no hint.", "这张卡没有提示。")
HINT = Bilingual("Hint:", "提示：")
NO_DEMO = Bilingual("This card has no demo.", "这张卡没有演示。")
RUNNING = Bilingual("The demo is running.", "演示正在运行。")
NO_PLOT = Bilingual("This run has no curve.", "这次运行没有曲线。")
SUSPENDED = Bilingual(
    "Suspended: this card is not shown again. u takes it back.", "已暂停：不再显示这张卡。按 u 撤销。"
)
BURIED = Bilingual("Put off until tomorrow. u takes it back.", "推迟到明天。按 u 撤销。")
FLAGGED = Bilingual("Flagged.", "已报错。")
NOTED = Bilingual("Noted.", "已记笔记。")
NOTHING_TO_UNDO = Bilingual("There is nothing to take back in this session.", "本次学习里没有可撤销的操作。")
UNKNOWN = Bilingual("{key} is no command here; ? lists them.", "{key} 不是这里的命令；? 列出命令。")
STILL_READING = Bilingual(
    "The model is still reading; rate, or press Enter again later.",
    "模型还在读；可以先评分，或稍后再按回车。",
)
RATE_FIRST = Bilingual("Type 1, 2, 3 or 4; ? lists the commands.", "请输入 1、2、3 或 4；? 列出命令。")
HELP_ASKED = (
    Bilingual(
        "Enter: show the answer. Say it aloud first, or type it.", "回车：看答案。先说出来，或打出来。"
    ),
    Bilingual(
        "t: type your answer; any text of two letters or more is an answer too.",
        "t：输入回答；直接输入两个以上的字也算回答。",
    ),
    Bilingual(
        "p: predict the number; a number by itself is a prediction too.",
        "p：预测数值；直接输入一个数也算预测。",
    ),
    Bilingual("h: hint.", "h：提示。"),
)
HELP_REVEALED = (
    Bilingual("1 again, 2 hard, 3 good, 4 easy.", "1 重来，2 困难，3 良好，4 轻松。"),
    Bilingual("p: the curve of the run, in a sentence.", "p：用一句话说运行的曲线。"),
    Bilingual(
        "o 2: overrule the verdict on point 2: met becomes missed, anything else met.",
        "o 2：改判第 2 个要点：已说到改为没说到，其余改为已说到。",
    ),
)
HELP_ALWAYS = (
    Bilingual("d: run the demo and show all its numbers.", "d：运行演示并显示全部数字。"),
    Bilingual("u: take the last step back; again goes further back.", "u：撤销上一步；可连续撤销。"),
    Bilingual("b: put this card off until tomorrow. s: never show it again.", "b：推迟到明天。s：不再显示。"),
    Bilingual(
        "e: say what is wrong with this card. n: a private note.", "e：指出这张卡的错误。n：私人笔记。"
    ),
    Bilingual("x: 中文. q: end; everything is kept.", "x：English。q：结束；一切都已保存。"),
)
