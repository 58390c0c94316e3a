"""What the annotator sees: labelling configurations and the instructions."""
