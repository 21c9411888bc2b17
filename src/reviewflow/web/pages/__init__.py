"""The pages, one file a subject: a request becomes a question or a command, an answer becomes a page."""
