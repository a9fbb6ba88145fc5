"""The yardstick's own modules."""
