"""The token classifier at run time: which field each number could be, which section each line belongs to."""
