"""The rules of a card renewal."""
