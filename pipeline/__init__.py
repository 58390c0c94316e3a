"""From the file of a report to its reconciled record. Runs without torch."""
