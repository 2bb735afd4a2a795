"""The API: its addresses, who asks, how often, and what it says of itself. The endpoints live in their rooms."""
