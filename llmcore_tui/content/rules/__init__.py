"""What `llmcore check` asks of content beyond its schema; a rule looks at one record or at the decks as a whole."""
