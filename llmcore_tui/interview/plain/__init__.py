"""The mock interview line by line."""
