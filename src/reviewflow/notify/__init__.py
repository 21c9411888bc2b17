"""What leaves the house: to whom, in which form. Ids and public names only, never what a person wrote or is called."""
