"""What is allowed. Plain functions: a Session first, then who, then what; they return values or raise one ClubError.

Nothing here waits, commits, formats a text, sends, or asks the time; so it is tested without an event loop, and the
database decides how it is driven.
"""
