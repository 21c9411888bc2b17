"""Forms of steps on a page: what is asked, made of the definition; what was entered, read back from the browser."""
