"""What only PostgreSQL has: clusters, several ledgers on one database, standbys."""
