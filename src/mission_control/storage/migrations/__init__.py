"""The migrations of the console's own state, packaged with it and run when it is opened."""
