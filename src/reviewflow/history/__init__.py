"""Past cycles brought in from elsewhere, and histories taken out again."""
