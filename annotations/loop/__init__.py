"""Rounds of training, measuring, asking and learning from the answers."""
