"""Bulk ingestion put under strain: a corpus of good, damaged and hostile files, and kills at random."""
