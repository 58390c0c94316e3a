"""Files that no agency would publish: valid small ones, damaged as bytes, text, markup, packages, PDF and images.

Where `training.fuzz_report` damages what a page says and knows the truth, here the file itself is damaged, and nothing
is known of the result but what may never happen: a crash, and a number that does not stand in the file.
"""
