"""Many files, unattended: every one accounted for, nothing lost, nothing done twice."""
