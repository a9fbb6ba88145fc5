"""The engine: text, models, training and arithmetic. It knows nothing of browsers or lessons."""
