"""The recogniser of number cells; see card.md."""
