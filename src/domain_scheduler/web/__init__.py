"""What the API and the dashboard share of HTTP: who may ask, how much, and the way to the runtime."""
