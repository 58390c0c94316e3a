"""`gouji doctor`: whether everything that the program needs is there and works, and what each missing part costs."""
