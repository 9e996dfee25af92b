"""The part of Study that takes answers: typing, choosing and predicting under a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.events import Key
from textual.screen import Screen

from llmcore_tui.content.bilingual import Language
from llmcore_tui.errors import InputError
from llmcore_tui.keymap import keys_of
from llmcore_tui.study.session import Session, Stage
from llmcore_tui.study.unusable import said
from llmcore_tui.widgets.answer_field import AnswerField
from llmcore_tui.widgets.study_page import IN_WORDS, StudyPage
from llmcore_tui.widgets.value_field import ValueField

if TYPE_CHECKING:
    from llmcore_tui.study.question import Question


class AnsweringScreen(Screen[None]):
    """What is typed goes to the session when its field is left, and when the answer is shown."""

    def __init__(self, language: Language, remapped: Mapping[str, str]) -> None:
        super().__init__()
        self.language: Language = language
        self.remapped = remapped
        self.session: Session | None = None
        self.half_typed = ""
        """What stands in the field of words: its widget is gone when the screen is."""

    def show(self, *, keep: bool = False) -> None:
        """Draw the stage the session is in; `keep` leaves what is half typed."""
        raise NotImplementedError

    @property
    def page(self) -> StudyPage:
        """What is between the first line and the last."""
        return self.query_one(StudyPage)

    @property
    def _session(self) -> Session:
        assert self.session is not None, "the screen is mounted"
        return self.session

    def on_key(self, event: Key) -> None:
        """Keys that open a field work here, in the order they were typed: a fast hand is ahead of the bindings."""
        question = self._session.question
        if self._session.stage is not Stage.ASKED or question is None:
            return
        if isinstance(self.focused, AnswerField | ValueField):
            handled = self._type_late(self.focused, event)
        else:
            handled = self._open_by(event, question)
        if handled:
            event.stop()
            event.prevent_default()

    def _type_late(self, field: AnswerField | ValueField, event: Key) -> bool:
        """What was typed before the field had the focus."""
        if event.is_printable and event.character:
            field.type_late(event.character)
            return True
        if event.key == "escape" or (event.key == "enter" and isinstance(field, ValueField)):
            self._leave(field)
            return True
        return False

    def _open_by(self, event: Key, question: Question) -> bool:
        """`t`, `p`, or a digit, which chooses an option or begins a number."""
        character = event.character or ""
        if event.key in keys_of("study.type", self.remapped):
            self.action_type_answer()
        elif event.key in keys_of("study.predict", self.remapped):
            self.action_predict()
        elif question.takes == "option" and character and character in "123456789":
            self._answer(character)
        elif (
            character and character in "0123456789.-" and (question.takes == "number" or question.prediction)
        ):
            field = self.page.given if question.takes == "number" else self.page.predicted
            field.value = ""
            self.page.enter(field)
            field.type_late(character)
        else:
            return False
        return True

    def _keep_answer(self) -> bool:
        """Hand over what stands in the field; False where it cannot be an answer."""
        question = self._session.question
        typed = self.page.typed(question) if question is not None else ""
        return self._answer(typed, show=False) if typed.strip() else True

    def _answer(self, text: str, *, show: bool = True) -> bool:
        try:
            self._session.answer(text)
        except InputError as error:
            self._say(error)
            return False
        question = self._session.question
        if question is not None and question.takes not in IN_WORDS:
            self.page.given.value = text
        if show:
            self.show(keep=True)
        return True

    def action_type_answer(self) -> None:
        """Open the field that this kind of card takes."""
        question = self._session.question
        if question is not None:
            self.page.open_field(question)

    @on(AnswerField.Changed)
    def remember_half_typed(self, event: AnswerField.Changed) -> None:
        """So that leaving the program in the middle of a sentence loses nothing."""
        self.half_typed = event.text_area.text

    @on(AnswerField.Left)
    @on(ValueField.Left)
    def leave_field(self, event: AnswerField.Left | ValueField.Left) -> None:
        """What was typed stays beside the question."""
        self._leave(event.field)

    def _leave(self, field: AnswerField | ValueField) -> None:
        text = field.text if isinstance(field, AnswerField) else field.value
        self.set_focus(None)
        if not text.strip():
            self._take_back(field)
        elif field is self.page.predicted:
            self._predict(text)
        elif not self._answer(text):
            self.page.enter(field)

    def _take_back(self, field: AnswerField | ValueField) -> None:
        """An emptied field takes back what stood in it."""
        if field is self.page.predicted:
            self._session.skip_prediction()
        else:
            self._session.answer("")
        self.show(keep=True)

    def _predict(self, text: str) -> None:
        try:
            self._session.predict(text)
        except InputError as error:
            self._say(error)
            self.page.enter(self.page.predicted)
            return
        self.show(keep=True)

    def action_predict(self) -> None:
        """Go to the field of the prediction."""
        if self.page.predicted.display:
            self.page.enter(self.page.predicted)

    def _say(self, error: InputError) -> None:
        self.notify(said(error, self.language), severity="warning", markup=False)
