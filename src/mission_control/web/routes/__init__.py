"""The routes, one module a page: each declares its permission, asks one service and returns one struct."""
