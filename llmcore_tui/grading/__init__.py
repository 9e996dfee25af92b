"""Marking spoken-style answers: which points were said, with the words that said them."""
