"""What a deck holds: modules, cards, quiz items, interview questions, plans, levels and sources, read from YAML."""
