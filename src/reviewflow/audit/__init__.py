"""What an auditor reads: events in words, a past moment, the difference of two. Needs only recorded events."""
