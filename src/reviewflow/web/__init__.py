"""The pages and the API: requests become commands and questions, answers become pages. No rules here."""
