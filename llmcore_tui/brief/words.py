"""What a brief is titled in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from llmcore_tui.brief.document import Origin, PartName, WeakKind
from llmcore_tui.content.bilingual import Bilingual

TITLE = Bilingual("Interview brief", "面试提纲")
PARTS: Mapping[PartName, Bilingual] = {
    "problem": Bilingual("The problem", "问题"),
    "mechanism": Bilingual("The mechanism", "机制"),
    "run": Bilingual("What my run shows", "我跑出来的结果"),
    "engineering": Bilingual("In practice, and pitfalls", "工程与陷阱"),
}
THREE_MINUTES = Bilingual("Three minutes", "三分钟回答")
AGAINST = Bilingual("Against its neighbours", "与相邻主题对比")
FOLLOW_UPS = Bilingual("Follow-ups", "追问")
ALSO_ASKED = Bilingual("Also asked", "还会问")
IN_A_LINE = Bilingual("Thirty seconds each", "各三十秒")
MISTAKES = Bilingual("Often said, and wrong", "常见错误说法")
WEAK = Bilingual("My weak points", "我的薄弱点")
NO_WEAK = Bilingual("The log has none for this module yet.", "日志里还没有这个模块的薄弱点。")
SOURCES = Bilingual("Sources", "出处")
CONTENTS = Bilingual("Contents", "目录")
NUMBERS = Bilingual("Number", "数字")
WITH = Bilingual("with the idea", "开启")
WITHOUT = Bilingual("idea off", "关闭")
OFF_MEANS = Bilingual("Idea off: {set}.", "关闭即：{set}。")
NO_OFF = Bilingual("Nothing to switch off: {why}", "没有可关闭的想法：{why}")
DEFAULTS = Bilingual("the demo's defaults", "演示的默认参数")
INSTEAD = Bilingual("Instead: ", "应当说：")
REPEAT = Bilingual("Run it again: ", "再跑一次：")
FROM_CARDS = Bilingual(
    "No interview question is written for this module yet; the answer is put together from its cards.",
    "这个模块还没有面试题；以下回答由卡片拼成。",
)
PLANNED = Bilingual("Planned, not written yet: {titles}.", "计划中，尚未写成：{titles}。")
PLANNED_COUNT = Bilingual("{count} more modules are planned", "另有 {count} 个模块在计划中")
NOT_WRITTEN = Bilingual("not written yet", "尚未写成")
MADE = Bilingual("Made {date} by llmcore with {versions}.", "{date} 由 llmcore 生成，{versions}。")
AS_OF = Bilingual("Content as of {month}.", "内容截至 {month}。")
READ = Bilingual("read {date}", "{date} 读过")
FROM_MEMORY = Bilingual("from memory", "凭记忆")
ORIGINS: Mapping[Origin, Bilingual] = {
    "run": Bilingual("computed on this machine", "本机计算"),
    "lock": Bilingual("from the deck's lock, not run here", "取自卡组的数字锁，本次未运行"),
}
WEAK_KINDS: Mapping[WeakKind, Bilingual] = {
    "leech": Bilingual("forgotten again and again", "反复遗忘"),
    "forgotten": Bilingual("not recalled last time", "上次没想起来"),
    "prediction": Bilingual("predicted wrongly", "预测不准"),
    "quiz": Bilingual("wrong in the quiz", "测验答错"),
}
PREDICTED = Bilingual("predicted {predicted}, computed {computed}", "预测 {predicted}，实际 {computed}")
LAPSES = Bilingual("{count} times", "{count} 次")
EDITED = Bilingual(
    "This file is written anew by `llmcore brief export`: keep notes of your own elsewhere.",
    "本文件由 `llmcore brief export` 重新生成：自己的笔记请写在别处。",
)
PRINTED = Bilingual("What the curves show: ", "曲线说明：")
MUST_SAY = Bilingual("Say clearly: ", "必须讲清：")
WROTE = Bilingual(
    "Modules: {modules}. Numbers: {numbers}. Your weak points: {weak}. Modules still planned: {planned}.",
    "{modules} 个模块，{numbers} 个数字，{weak} 个你的薄弱点；另有 {planned} 个模块在计划中。",
)
NOT_RUN = Bilingual("Not run, so the numbers are the lock's: ", "未运行，数字取自数字锁：")
