"""What the console does: each service answers one question by combining the picture with the rest."""
