"""PostgreSQL: the message store of a production daemon, and a private server for tests."""
