"""The recogniser of number cells: its data, training and measurement."""
