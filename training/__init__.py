"""Synthetic reports, training and evaluation; imports pipeline, never the other way round."""
