"""The terminal program: cards, demos, study, quizzes and briefs."""
