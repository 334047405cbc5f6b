"""The national divisions and the catalogue of functional lines, with the script that builds them."""
