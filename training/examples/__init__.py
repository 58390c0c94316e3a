"""Reports of invented agencies, one for each kind of damage: `python -m training.examples` writes examples/."""
