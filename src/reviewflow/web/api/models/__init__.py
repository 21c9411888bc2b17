"""The shapes of answers and of what is sent, for the description of the API. What is in an answer `asking` alone says."""
