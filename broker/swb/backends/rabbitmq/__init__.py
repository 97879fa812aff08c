"""RabbitMQ as the transport."""
