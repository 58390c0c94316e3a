"""What asking would have done, on reports whose gold answers in a person's place."""
