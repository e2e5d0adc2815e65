"""What Alembic runs: the missing revisions, on the connection that `open_database` has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
