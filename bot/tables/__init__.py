"""Tables as files: CSV and Excel, taken apart in a process of their own, and written a batch at a time."""
