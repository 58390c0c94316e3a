"""Tasks made of what was selected, and brought to the server."""
