"""What people read: one value, rendered as a page, as terminal tables or as JSON, in Dutch and in English."""
