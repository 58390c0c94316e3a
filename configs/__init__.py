"""Configuration as data: templates of the form, costs, limits."""
