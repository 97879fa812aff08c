"""What travels: sealed documents, messages, signatures, encryption, trust."""
