"""What the bench of logs needs: containers that write, a way that breaks, and a count of what arrived."""
