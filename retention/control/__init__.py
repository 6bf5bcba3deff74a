"""What we remember ourselves: holds, approvals, plans, runs, batches in flight, and the log's authority."""
