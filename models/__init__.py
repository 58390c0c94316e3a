"""Trained models as data, each in a folder with its card."""
