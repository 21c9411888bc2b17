"""What goes out to others: webhooks. Adapters with side effects, fed by followers."""
