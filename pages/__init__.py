"""What the learner sees and clicks."""
