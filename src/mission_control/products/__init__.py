"""What the products are, as data: a folder for each, and the code that reads them."""
