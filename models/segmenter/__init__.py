"""The segmenter of rules and cells; see card.md."""
