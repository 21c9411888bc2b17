"""Shapes of answers and of what is sent, for the description of the API. What an answer says is up to `asking`."""
