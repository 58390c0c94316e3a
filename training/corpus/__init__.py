"""Reports whose every number knows its field: the training material of the token classifier.

Values, agencies and prose are invented, damaged and converted; each character of each number keeps the id of the
field that it belongs to, and each line its section, through all of it.
"""
