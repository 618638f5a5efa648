"""How good and how fast it is: figures that one command gives again."""
