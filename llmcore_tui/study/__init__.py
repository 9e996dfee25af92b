"""The flow of study: a session of cards, predictions and quizzes, with no terminal in it."""
