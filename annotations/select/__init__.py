"""Which cells of which reports to ask about: as many numbers made right as can be had for a minute of a person."""
