"""Every key of the screens, listed once: what it does, what it is called, and what it is for, in both languages.

A learner remaps a key by its id, in the configuration: `[keys] "study.reveal" = "enter"`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from llmcore_tui.content.bilingual import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its id is stable, its action is a method of the screen or of the app."""

    id: str
    key: str
    action: str
    label: Bilingual
    tooltip: Bilingual
    shown: str = ""
    """How the key is written where its Textual name would not be understood."""


def _key(id: str, key: str, action: str, en: str, zh: str, why_en: str, why_zh: str, shown: str = "") -> Key:
    return Key(id, key, action, Bilingual(en, zh), Bilingual(why_en, why_zh), shown)


# fmt: off
KEYS: tuple[Key, ...] = (
    _key("app.help", "question_mark", "app.help", "help", "帮助", "Every key of this screen.", "本页的全部按键。", "?"),
    _key("app.palette", "colon", "app.command_palette", "commands", "命令", "Find a command by its name.", "按名字查找命令。", ":"),
    _key("app.language", "x", "app.switch_language", "中文", "English", "Switch between English and Chinese.", "切换中文与英文。"),
    _key("app.back", "q", "app.leave", "back", "返回", "Back to where you came from; from Today, leave the program.", "返回来处；在今日页则退出。"),
    _key("today.study", "space", "study", "study", "学习", "Study what is due, then new cards.", "先复习到期卡片，再学新卡。"),
    _key("today.interview", "i", "interview", "interview", "面试", "Sit a mock interview.", "做一次模拟面试。"),
    _key("today.lab", "l", "lab", "lab", "实验", "Turn a demo's flags and watch its numbers.", "调整演示的参数，看数字如何变化。"),
    _key("study.reveal", "space,enter", "reveal", "reveal", "看答案", "Show the answer and the computed number.", "显示答案和算出的数字。", "space"),
    _key("study.type", "t", "type_answer", "type", "作答", "Type your answer; Esc leaves the field.", "输入你的回答；按 Esc 离开输入框。"),
    _key("study.predict", "p", "predict", "predict", "预测", "Predict the number before you see it.", "先预测数字，再看结果。"),
    _key("study.hint", "h", "hint", "hint", "提示", "Show the hint, if the card has one.", "显示提示（若有）。"),
    _key("study.plot", "p", "plot", "plot", "图", "Show or hide the curve of the run.", "显示或收起运行的曲线。"),
    _key("study.demo", "d", "demo", "demo", "演示", "Open this card's demo in the lab.", "在实验页打开这张卡的演示。"),
    _key("study.again", "1", "rate(1)", "again", "重来", "You did not know it.", "没答出来。"),
    _key("study.hard", "2", "rate(2)", "hard", "困难", "You knew it with difficulty.", "答得吃力。"),
    _key("study.good", "3", "rate(3)", "good", "良好", "You knew it.", "答出来了。"),
    _key("study.easy", "4", "rate(4)", "easy", "轻松", "You knew it at once.", "一下就答出来了。"),
    _key("study.overrule", "o", "overrule", "overrule", "改判", "Then a point's digit: your verdict in place of the marker's.", "再按要点的数字：用你的判定代替批改结果。"),
    _key("study.undo", "u", "undo", "undo", "撤销", "Take the last rating back; again and again goes further back.", "撤销上一次评分；可连续撤销。"),
    _key("study.bury", "b", "bury", "tomorrow", "明天再看", "Put this card off until tomorrow.", "把这张卡推迟到明天。"),
    _key("study.suspend", "s", "suspend", "suspend", "暂停", "Do not show this card again until you resume it.", "暂停这张卡，直到你恢复它。"),
    _key("study.flag", "e", "flag", "flag", "报错", "Say what is wrong with this card.", "指出这张卡的错误。"),
    _key("study.note", "n", "note", "note", "笔记", "Write a private note on this card.", "给这张卡写私人笔记。"),
    _key("study.copy", "y", "copy", "copy", "复制", "Copy the answer.", "复制答案。"),
    _key("interview.study", "s", "begin('study')", "study mode", "学习模式", "Begin; the points come after each question.", "开始；每题之后看要点。"),
    _key("interview.real", "r", "begin('real')", "real mode", "实战模式", "Begin; everything comes at the end, against the clock.", "开始；限时作答，最后一起看。"),
    _key("interview.story", "y", "begin('story')", "projects", "项目经历", "Tell of your own projects.", "讲自己的项目经历。"),
    _key("interview.go_on", "g", "go_on", "go on", "继续", "Go on with the interview you left.", "继续上次没做完的面试。"),
    _key("interview.few", "3", "questions(3)", "3", "3", "Three questions.", "三道题。"),
    _key("interview.some", "5", "questions(5)", "5", "5", "Five questions.", "五道题。"),
    _key("interview.many", "0", "questions(10)", "10", "10", "Ten questions.", "十道题。"),
    _key("interview.send", "enter", "send", "send", "提交", "Hand your answer in.", "提交回答。"),
    _key("interview.type", "t", "type_answer", "type on", "接着写", "Go back into the field; Esc leaves it.", "回到输入框；按 Esc 离开。"),
    _key("interview.hint", "h", "hint", "hint", "提示", "Show a hint.", "显示提示。"),
    _key("interview.next", "space,enter", "next", "go on", "继续", "Leave the points and go on.", "看完要点，继续。", "space"),
    _key("interview.overrule", "o", "overrule", "overrule", "改判", "Then a point's digit: your verdict in place of the marker's.", "再按要点的数字：用你的判定代替批改结果。"),
    _key("interview.demo", "d", "demo", "demo", "演示", "Open this question's demo in the lab.", "在实验页打开这道题的演示。"),
    _key("interview.leave", "q", "leave", "leave", "离开", "Leave; everything is saved.", "离开；一切都已保存。"),
    _key("page.up", "up,pageup", "scroll_page(-1)", "up", "上移", "Scroll up.", "向上滚动。", "↑"),
    _key("page.down", "down,pagedown", "scroll_page(1)", "down", "下移", "Scroll down.", "向下滚动。", "↓"),
    _key("lab.lower", "left", "lower", "less", "减小", "Lower the flag under the cursor.", "减小光标处的参数。", "←"),
    _key("lab.raise", "right", "higher", "more", "增大", "Raise the flag under the cursor.", "增大光标处的参数。", "→"),
    _key("lab.set", "enter", "set", "set", "设值", "Type the flag's value.", "输入参数的值。"),
    _key("lab.default", "r", "default", "defaults", "默认", "Put every flag back to its default.", "把所有参数恢复为默认值。"),
    _key("lab.sweep", "w", "sweep", "sweep", "扫描", "Run over the whole range of the flag under the cursor.", "在光标处参数的整个范围内逐点运行。"),
    _key("lab.source", "s", "source", "source", "源码", "Read the demo's source.", "阅读演示的源码。"),
    _key("lab.next", "n", "next_demo", "next demo", "下一个", "The next demo of the deck.", "下一个演示。"),
    _key("lab.previous", "b", "previous_demo", "previous", "上一个", "The demo before this one.", "上一个演示。"),
)
# fmt: on

BY_ID = {key.id: key for key in KEYS}
APP_KEYS = ("app.help", "app.palette", "app.language", "app.back")


def bindings(*ids: str) -> list[BindingType]:
    """Textual's bindings for these ids, in this order."""
    return [
        Binding(
            key.key,
            key.action,
            key.label.en,
            id=key.id,
            tooltip=key.tooltip.en,
            key_display=key.shown or None,
        )
        for key in (BY_ID[id] for id in ids)
    ]


def keys_of(id: str, remapped: Mapping[str, str]) -> list[str]:
    """Textual's names of the keys that this id stands for."""
    return remapped.get(id, BY_ID[id].key).split(",")


def entries(
    ids: Sequence[str], language: Language, remapped: Mapping[str, str]
) -> list[tuple[str, tuple[str, str]]]:
    """For each id: the key as it is written after the learner's remapping, and what it is called."""
    return [(id, (_written(BY_ID[id], remapped), BY_ID[id].label.of(language))) for id in ids]


def explained(
    bound: Iterable[Binding], language: Language, remapped: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Rows for the help: key, name and reason of every binding that stands in `KEYS`."""
    keys = [BY_ID[binding.id] for binding in bound if binding.id in BY_ID]
    return [(_written(key, remapped), key.label.of(language), key.tooltip.of(language)) for key in keys]


def _written(key: Key, remapped: Mapping[str, str]) -> str:
    return remapped[key.id].split(",")[0] if key.id in remapped else key.shown or key.key
