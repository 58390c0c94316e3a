"""A small network that sees rules, cells and text on a page: its data, training, export and evaluation."""
