"""The token classifier; see card.md."""
