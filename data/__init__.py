"""What goes in: tables, checks, parts, snapshots and the SQL that sums them up."""
