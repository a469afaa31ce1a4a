"""Output of commands that somebody saved, or that a collector ran: one module per command."""
