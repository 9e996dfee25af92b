"""The mock interview without a screen: who asks what, what was said, how it was marked, and the report."""
