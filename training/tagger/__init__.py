"""The token classifier: which field a number of a report is, which section a line."""
