"""What people answered on the server comes back into the data: `gouji annotate pull`."""
