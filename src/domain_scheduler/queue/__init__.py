"""The queue: every verb that moves a domain from one status to the next, and the watch over them."""
