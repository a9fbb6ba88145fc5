"""Measurements shared by all models."""
