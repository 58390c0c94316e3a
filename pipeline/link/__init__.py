"""What reports say of each other: the same agency in other years, several versions of one report."""
