"""What holds the data: one interface, one module for each kind of store."""
