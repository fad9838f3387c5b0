"""The words and the rules of the commission. Standard library only; every function is pure and takes the time as an argument."""
